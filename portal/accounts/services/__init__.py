"""Services for people and organizations, one module per noun."""

from portal.accounts.services.avatars import remove_picture, set_picture
from portal.accounts.services.bootstrap import bootstrap_host
from portal.accounts.services.calendars import drop_calendar, save_calendar
from portal.accounts.services.invitations import accept_invitation, invite_member, revoke_invitation
from portal.accounts.services.memberships import remove_member, set_member_role
from portal.accounts.services.organizations import (
    add_email_domain,
    bind_domain,
    create_organization,
    date_by_sale,
    join_organization,
    leave_organization,
    move_organization,
    save_organization,
    unbind_domain,
)
from portal.accounts.services.people import (
    assign_team,
    change_profile,
    create_user,
    deactivate_user,
    erase_user,
    reactivate_user,
    set_rights,
    withdraw_team,
)
from portal.core.web.images import InvalidImage

__all__ = [
    "InvalidImage",
    "accept_invitation",
    "add_email_domain",
    "assign_team",
    "bind_domain",
    "bootstrap_host",
    "change_profile",
    "create_organization",
    "create_user",
    "date_by_sale",
    "deactivate_user",
    "drop_calendar",
    "erase_user",
    "invite_member",
    "join_organization",
    "leave_organization",
    "move_organization",
    "reactivate_user",
    "remove_member",
    "remove_picture",
    "revoke_invitation",
    "save_calendar",
    "save_organization",
    "set_member_role",
    "set_picture",
    "set_rights",
    "unbind_domain",
    "withdraw_team",
]
