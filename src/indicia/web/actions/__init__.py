"""What a person does: make a case, add to it, judge records."""
