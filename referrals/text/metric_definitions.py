"""Definitions of the referral analytics' numbers in words: shown beside each, above its rows, and
in its file.
"""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CLICKED: Final = _(
    "Times a person opened a link, the same browser within an hour once; previews, scanners "
    "and crawlers are not in it. "
    "A click belongs to the month in which it happened."
)
STAGES: Final[dict[str, Promise]] = {
    "introduced": _(
        "Every introduction received by link, code, name or staff, refused ones too; without "
        "drafts and without those "
        "merged into another."
    ),
    "signed_up": _("The introduced company is known to us and the introduction was not refused."),
    "qualified": _("Sales or the CRM called the company qualified. A later step implies this one."),
    "opportunity": _("There is an open deal. A later step implies this one."),
    "won": _(
        "The company signed a contract. Those who wait here are not live yet and their reward "
        "is not paid."
    ),
    "live": _(
        "The company uses the product, according to billing or usage data. Those listed here "
        "are waiting for the reward."
    ),
    "rewarded": _(
        "The referrer's reward was paid out. Compared with the contracts, since some are paid "
        "before they are live."
    ),
}
SOURCES: Final[dict[str, Promise]] = {
    "channel": _(
        "How the link was shared, as recorded with the click; introductions by name, by staff "
        "or by a typed code need no click."
    ),
    "program": _("The referral program of the link or introduction."),
    "content": _("The question or article the link carried; a person's own link carries none."),
    "referrer": _("Who introduced, those with the most contracts first."),
}
CLICKS: Final[dict[str, Promise]] = {
    "all": _("Every request for a link, whatever made it."),
    "sure": _("The landing page ran in their browser, so it was certainly a person."),
    "human": _("Everything about the request speaks for a person; the page did not report back."),
    "duplicate": _("The same browser opened the same link again within an hour. Counted once."),
    "self": _("Opened by the person whose link it is."),
    "preview": _("Chat and social services draw a picture of the link before anybody clicks."),
    "scanner": _("Security gateways open the links of a mail before it is delivered."),
    "prefetch": _("A browser prefetched the page in case somebody might click."),
    "bot": _("Search engines and programs. They are redirected and never counted."),
}
SPREAD: Final[dict[str, Promise]] = {
    "k": _(
        "Companies won by introduction within 90, 180 or 365 days of the activation of the "
        "company that introduced them, "
        "÷ companies activated in that month. Activated is the moment a company became a "
        "customer. A month whose "
        "youngest company has not had that many days yet is not judged."
    ),
    "k_now": _(
        "Companies won by introduction in the window ÷ companies that were customers when it "
        "began, with the exact 95 % Poisson interval. Colleagues of the same company never "
        "count: nobody can introduce their own company."
    ),
    "ceiling": _(
        "1 ÷ (1 − K): what one customer becomes in the end if every company brings as many as "
        "now and nobody leaves. "
        "A ceiling, not a forecast."
    ),
    "activated": _("Companies that became customers in this month. Our own company is not in it."),
    "customers": _(
        "Companies that had become customers before the window began. Our own company is not in it."
    ),
    "won_since": _(
        "Introduced companies that signed in the window, each once, whenever they were introduced."
    ),
    "sharing": _("Customers at the start whose people shared a link in the window at least once."),
    "shares": _("Each time one of their people copied or sent a link or showed its QR code."),
    "opened": _("People's clicks in the window on links of the companies that shared."),
    "leads": _(
        "Companies registered in the window after a click, introduced by people of the "
        "companies that shared."
    ),
    "leads_qualified": _("Of those, the ones that came at least as far as a meeting."),
    "leads_won": _("Of those, the ones that became customers."),
    "named_won": _(
        "Won in the window after an introduction by name, by staff, or by a typed code."
    ),
    "new": _("Companies that became customers in the window, however they came."),
    "earned": _(
        "New customers of the window with a won introduction on record. Word of mouth that "
        "nobody recorded is not in it, "
        "so the true share is at least this."
    ),
    "eligible": _("Active members of companies that are customers."),
    "sharers": _("Of them, those who shared a link in the window at least once."),
    "asked": _("Sharers ÷ people who were asked to share, by a reminder or a follow-up."),
    "answered": _("Of the people asked, those who shared within fourteen days."),
    "clicks_since": CLICKED,
    "registered": _(
        "Introductions of the window whose company is registered and which were not refused."
    ),
    "by_click": _("Of those, the ones that came by a click on a link."),
    "qualified_since": _(
        "Of the window's registered introductions, those that came at least as far as a meeting."
    ),
    "won_of_since": _(
        "Of the window's registered introductions, those that became customers so far."
    ),
    "open_since": _("Of the window's registered introductions, those not decided yet."),
    "year_old": _(
        "Companies won by introduction at least twelve months ago. It is too early to judge "
        "newer ones."
    ),
    "stayed": _(
        "Of those, the companies that were not dormant twelve months after their contract."
    ),
    "round_share": _(
        "Days from a company's activation to the first time one of its people shared a link or "
        "introduced somebody. "
        "Who has not yet counts as still waiting (Kaplan–Meier)."
    ),
    "round_brought": _(
        "Days from a company's first share to the day the first company it introduced became a "
        "customer. Who has "
        "brought nobody yet counts as still waiting (Kaplan–Meier)."
    ),
}
RATES: Final[dict[str, Promise]] = {
    "click_lead": _("Registered after a click ÷ people's clicks."),
    "lead_qualified": _("Qualified ÷ registered introductions."),
    "qualified_won": _("Won ÷ qualified."),
    "won_stayed": _(
        "Not dormant twelve months after the contract ÷ won at least twelve months ago."
    ),
    "lead_won": _(
        "Referral conversion rate: introduced companies won ÷ introduced companies registered."
    ),
}
