"""Whether each clause of a draft rests on the fact sheet: a small model, shipped with the code, read by the gate."""
