"""The review desk: one article after the other, most doubt first; every act a decision, and every decision undone.

`queue` says what comes next, `card` what stands beside the text, `acts` what an editor can do, `done` what they did,
`views` puts it on the screen.
"""
