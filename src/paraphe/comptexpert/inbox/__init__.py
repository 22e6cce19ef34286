"""The demonstration post office: shows e-mails and SMS the sites sent."""
