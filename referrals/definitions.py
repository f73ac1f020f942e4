"""What each number of the referral analytics means, in words: shown beside it, above its rows, and in its file's page."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CLICKED: Final = _(
    "Times a person opened a link, the same browser within an hour once; previews, scanners and crawlers are not in it. "
    "A click belongs to the month in which it happened."
)
STAGES: Final[dict[str, Promise]] = {
    "introduced": _(
        "Every introduction received by link, code, name or staff, refused ones too; without drafts and without those "
        "merged into another."
    ),
    "signed_up": _("The introduced company is known to us and the introduction was not refused."),
    "qualified": _("Sales or the CRM called the company qualified. A later step implies this one."),
    "opportunity": _("There is an open deal. A later step implies this one."),
    "won": _("The company signed a contract. Those who wait here are not live yet and their reward is not paid."),
    "live": _("The company uses the product, as billing or usage told us. Those who wait here wait for the reward."),
    "rewarded": _(
        "The referrer's reward was paid out. Compared with the contracts, since some are paid before they are live."
    ),
}
SOURCES: Final[dict[str, Promise]] = {
    "channel": _(
        "How the link was shared, as the click on it said; introductions by name, by staff or by a typed code need no "
        "click."
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
    "prefetch": _("A browser loaded the page in case somebody might click."),
    "bot": _("Search engines and programs. They are redirected and never counted."),
}
