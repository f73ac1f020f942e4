"""Hazumi's portal: everything that is neither the community nor the referral programs."""
