from users.models.notice import Notice
from users.models.profile import Ability, Profile
from users.models.team import Team
from users.models.user import User

__all__ = ["Ability", "Notice", "Profile", "Team", "User"]
