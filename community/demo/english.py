"""English questions and discussions of the demo."""

from __future__ import annotations

from community.demo.scenarios import Scenario, Talk

IDP = ("Entra ID", "Google Workspace", "Okta", "OneLogin", "JumpCloud", "Ping Identity")
DOC = ("invoice", "purchase order", "quote", "delivery note", "receipt", "credit note")
SYSTEM = ("Salesforce", "Slack", "NetSuite", "Power BI", "our warehouse system", "Microsoft Teams")
FORM = (
    "expense claim",
    "travel request",
    "purchase request",
    "contract review",
    "leave request",
    "training request",
)
TEAM = ("sales team", "London office", "warehouse", "finance team", "IT team", "support team")

SCENARIOS = (
    Scenario(
        "login",
        ("SSO", "certificate"),
        (
            "Nobody can sign in after renewing the {x} certificate",
            "Can we rotate the {x} certificate without downtime?",
        ),
        IDP,
        (
            "We renewed the SAML certificate in {x} this morning and now everybody gets `invalid_signature`. Only password sign-in works.",
            "Our {x} certificate expires this month. Last year we were down for an hour. What is the right order?",
        ),
        (
            "Add the new certificate **before** you switch, then remove the old one. Settings > Single sign-on > Certificates takes two at a time. We do it this way every year.",
            "Register the metadata URL of {x} and it is read every six hours, so next year nothing needs to be done by hand.",
            "Keep two administrators on password sign-in while you do it.",
        ),
        "Where do I find the second certificate slot?",
        "That worked without any downtime, thank you.",
    ),
    Scenario(
        "billing",
        ("invoice", "approval"),
        (
            "How do we approve every {x} of the month at once?",
            "Different approvers for each {x} above 5,000 EUR",
        ),
        DOC,
        (
            "We get about sixty at the end of the month and open each {x} by itself. Is there a faster way?",
            "Every {x} above 5,000 EUR should go to the finance director, the others stop with the team lead.",
        ),
        (
            "Select the rows in the list and choose Approve selected. They have to be at the same step and at most 200 at a time.",
            "Use a condition on the amount in the approval route. The condition sees the amount without tax, which surprised us.",
        ),
        "Does the audit log still show them one by one?",
        "Half a day became twenty minutes.",
    ),
    Scenario(
        "integration",
        ("API", "webhook"),
        (
            "{x} returns 500 at night, are webhooks lost?",
            "API key for {x}: which scopes are enough?",
        ),
        SYSTEM,
        (
            "{x} restarts at 2 a.m. and our webhooks fail for some minutes. Do we have to fetch the missing ones ourselves?",
            "We want {x} to read approved requests only. I would rather not create an administrator key.",
        ),
        (
            "Nothing is lost: it is retried for about 28 hours with the same `webhook-id`. Make your side handle each id once.",
            "`requests:read` is enough for reading. Give each system its own key with an end date.",
            "You can also resend by hand under Settings > Integrations > Deliveries.",
        ),
        "Is the order of deliveries guaranteed?",
        "All of last night's events arrived, great.",
    ),
    Scenario(
        "workflow",
        ("approval", "delegation"),
        ("Approver on leave: who gets the {x}?", "Delegation does not apply to a waiting {x}"),
        FORM,
        (
            "Our approver for the {x} is away for two weeks. Can somebody else take over for that time only?",
            "I set a deputy from today but the {x} sent yesterday is still with the person on leave.",
        ),
        (
            "Set a deputy with dates under My settings > Deputy. It applies to what arrives from then on; open what is already waiting and choose Take over.",
            "A company administrator can set the deputy for somebody who is already away.",
        ),
        "",
        "Take over did it, thanks.",
    ),
    Scenario(
        "accounting",
        ("CSV", "import"),
        (
            "Leading zeros disappear in the CSV of our {x}",
            "37 rows of the {x} import fail with “reference not found”",
        ),
        TEAM,
        (
            "We export, edit in Excel and import again for the {x}. Codes such as 00123 come back as 123.",
            "Most rows of the file for the {x} are fine, but 37 fail. The codes do exist.",
        ),
        (
            "Open it with Data > From Text/CSV and set the column to Text. A double click in Excel removes the zeros.",
            "It was trailing spaces in our case. The dry run shows the failing rows as a CSV with the reason in the last column.",
        ),
        "Can I run the dry run as often as I like?",
        "Trailing spaces it was.",
    ),
    Scenario(
        "general",
        ("permissions", "audit"),
        ("Read-only access for the {x}", "Monthly audit log export for the {x}"),
        TEAM,
        (
            "The {x} should see requests but neither approve nor edit them. Which role is that?",
            "Our auditors want the actions of the {x} once a month. Filtering by hand every time is error-prone.",
        ),
        (
            "Create a role with View only and limit it to the department. Export is a separate permission, leave it off.",
            "Save the filter and let it be mailed on the first of each month. Logs are kept for three years.",
        ),
        "",
        "Exactly what we needed.",
    ),
    Scenario(
        "mobile",
        ("mobile", "approval"),
        ("Blank screen when approving a {x} on the phone", "Submitting a {x} without reception"),
        FORM,
        (
            "After I approve a {x} the screen stays blank. After a reload it is approved.",
            "Some of us work where there is no reception. Is a {x} kept until the phone is online again?",
        ),
        (
            "Fixed in app version 5.2. Our managed devices were still on 5.0.",
            "Yes, put it into Later and it is sent when you are online. Photos are kept too.",
        ),
        "Is 5.2 out for Android as well?",
        "Updated, works.",
    ),
)

TALKS = (
    Talk(
        "accounting",
        ("month-end",),
        "How many days does your month-end close take?",
        "We are at six working days with three people in finance and would like to get to four. What helped you most?",
        (
            "Moving the expense deadline to the 25th saved us a full day.",
            "Automatic entries for bank lines. We have about fifty rules now.",
            "We stopped waiting for confirmations: no answer in two days counts as a yes.",
        ),
    ),
    Talk(
        "general",
        ("rollout",),
        "Rolling this out across several countries",
        "We start with the UK and Norway. Did you run one set of approval routes, or one per country?",
        (
            "One set with conditions on the legal entity. Two sets drift apart within weeks.",
            "One per country, because the amounts and the tax rules differ. We share the forms though.",
        ),
    ),
    Talk(
        "integration",
        ("API",),
        "What did you connect first?",
        "We have budget for one integration this quarter.",
        (
            "HR changes. It removed most of our manual work.",
            "Slack notifications. Small effort, and approvals became a day faster.",
        ),
    ),
)
