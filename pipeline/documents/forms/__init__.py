"""A customer's own form as a template: its labels are understood once, a person checks, and cases are filled in."""
