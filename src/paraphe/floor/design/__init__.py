"""The look: templates, components, styles, scripts, fonts."""
