"""People and tags of a dump."""

from __future__ import annotations

from community.imports.dump import moment
from community.imports.html import to_text
from community.imports.run import THERE, Run
from community.models import Tag
from community.services.spaces import count_tags
from portal.accounts.models import User
from portal.accounts.services import create_user


def bring_people(run: Run) -> None:
    rows, tally = run.dump.tables["Users"], run.tallies["Users"]
    domain = f"{run.dump.source.replace(':', '-')}.import.invalid"
    known = {user.email: user for user in User.objects.filter(email__endswith=f"@{domain}")}
    for number, row in enumerate(rows):
        email = f"user{row['Id']}@{domain}".lower()
        user = known.get(email)
        if user is None:
            user = create_user(
                email=email,
                display_name=(row.get("DisplayName") or f"user{row['Id']}")[:60],
                now=moment(row["CreationDate"]),
                email_verified=False,
                language="en",
                time_zone="UTC",
                is_active=False,
                bio=to_text(row.get("AboutMe", ""))[:400],
            )
            tally.created += 1
        else:
            tally.reasons[THERE] += 1
        run.people[row["Id"]] = user
        run.say("people", number + 1, len(rows))


def bring_tags(run: Run) -> None:
    tally = run.tallies["Tags"]
    known = set(Tag.objects.values_list("slug", flat=True))
    for row in run.dump.tables["Tags"]:
        if row["TagName"] in known:
            tally.reasons[THERE] += 1
        else:
            tally.created += 1
    names = [row["TagName"] for row in run.dump.tables["Tags"] if row["TagName"] not in known]
    if names:
        count_tags(names, step=0)
