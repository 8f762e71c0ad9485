"""What the API changes, by the verbs that the admin has: quotes, articles, people, outlets and stories, decisions."""
