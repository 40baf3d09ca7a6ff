from users.models.notice import Notice
from users.models.profile import Ability, Profile
from users.models.team import Team
from users.models.telling import Kind, Mail
from users.models.user import User

__all__ = ["Ability", "Kind", "Mail", "Notice", "Profile", "Team", "User"]
