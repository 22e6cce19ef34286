"""What convinces a judge: evidence files, attestations, their check without any server."""
