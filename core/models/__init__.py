from core.models.house import House
from core.models.job import Job, LeaseLost, Pulse

__all__ = ["House", "Job", "LeaseLost", "Pulse"]
