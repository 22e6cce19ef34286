"""Registration authority: subjects, identity cases, officers."""
