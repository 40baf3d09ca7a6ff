from users.models.profile import Ability, Profile
from users.models.team import Team
from users.models.user import User

__all__ = ["Ability", "Profile", "Team", "User"]
