"""Who is credited for a company: claims, attribution, prospects, expiry."""
