"""A company's own staff, from a list of people or groups, or from totals; completed from the census where it says nothing."""

from core.staff.staff import YOUNGEST_STAFF, Staff

__all__ = ["YOUNGEST_STAFF", "Staff"]
