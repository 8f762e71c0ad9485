"""Verbs and nouns that attribute words to somebody, with what may follow them.

Flags: ``c`` takes a clause with or without "that"; ``t`` a clause only with "that" (the form is often a noun or means
something else); ``o`` an object first (told the court that …); ``i`` an infinitive (promised to, urged him to); ``q``
introduces or closes words in marks; ``l`` labels (called it "a farce"); ``n`` takes a noun phrase, which is a quotation
only when part of it stands in marks; ``w`` a clause with if or whether.
"""

from __future__ import annotations

from .words import words

_REGULAR = """
claim:cqn argue:cq insist:cqt explain:cqn admit:cqn suggest:cqn reply:cq state:cq reveal:cqn confirm:cqt declare:cqn
concede:cq stress:tq predict:cqn maintain:cq acknowledge:cqn allege:cq testify:cq boast:cq complain:cq accept:tq emphasise:tq
emphasize:tq estimate:tq reiterate:tq note:cq observe:tq remark:cq respond:tq recall:tq promise:ciq vow:ciq
pledge:itq joke:cq quip:cq conclude:tq tweet:cq report:tq deny:tn contend:cq assert:cq hint:t indicate:tc caution:cq
counter:tq lament:tqn muse:tq reckon:c proclaim:tqn exhort:iq compare:l announce:cq add:cq warn:coqi remind:oqi
inform:o assure:oq advise:oit notify:o post:q ask:qwi demand:tqi urge:iq beg:iq implore:iq instruct:i encourage:i
order:i request:t invite: shout:q yell:q scream:q whisper:q laugh:q snap:q sigh:q cry:q exclaim:q interrupt:q
continue:q reflect:qt wonder:qw chant:q curse:q enthuse:q rage:q fume:q agree:tq begin:q chime:q interject:q
recount:q retort:q plead:q opine:qc comment:qt commented:q elaborate:q clarify:tq marvel:q mutter:q murmur:q
grumble:q groan:q thunder:q echo:qn remonstrate:q holler:q volunteer:q start:q summarise:q summarize:q theorise:tq
theorize:tq posit:t surmise:tq speculate:tq believe: profess:it propose:t recommend:t threaten:i offer: call:l
describe:l brand:l dub:l label:l accuse:l criticise:l criticize:l slam:l blast:lq condemn:l attack:l hail:l praise:l
liken:l denounce:l slate:l deride:l bemoan:l mock:l dismiss:l ridicule:l lambast:l lambaste:l blame:l decry:l
deplore:l cite:l characterise:l characterize:l term:l defend:l welcome:l question:l express:l thank:l brief:o
signal:t disclose:cq mention:tq reason:tq profess:i rule:t determine:t learn: complained:c caption:q stipulate:t
attest:t affirm:tq chuckle:q bark:q grin:q smile:q gush:q bellow:q jibe:q sneer:q scoff:q tease:q persist:q query:q
inquire:q enquire:q point:t sum:q swear:ti decree:t guess:q venture:q crow:q intone:q stammer:q quote: giggle:q moan:cq beam:q storm:q sob:q roar:q shrug:q hiss:q growl:q gasp:q splutter:q coo:q vent:q
rave:q rant:q rail:q drawl:q mumble:q shriek:q deadpan:q wail:q chirp:q sniff:q tut:q whinge:cq whimper:q squeal:q
yelp:q
""".split()

#: base: (inflected forms …) and flags.
_IRREGULAR = {
    "say": ("says said saying", "cq"),
    "tell": ("tells told telling", "oqi"),
    "write": ("writes wrote written writing", "cq"),
    "read": ("reads", "q"),
    "swear": ("swears swore sworn swearing", "ti"),
    "go": ("goes went going", ""),
    "put": ("puts putting", ""),
    "speak": ("speaks spoke speaking", ""),
    "sing": ("sings sang singing", "q"),
    "hit": ("hits hitting", ""),
    "deny": ("denies denied denying", "tn"),
    "reply": ("replies replied replying", "cq"),
    "testify": ("testifies testified testifying", "cq"),
    "cry": ("cries cried crying", "q"),
    "decry": ("decries decried decrying", "l"),
    "begin": ("begins began begun beginning", "q"),
    "clarify": ("clarifies clarified clarifying", "tq"),
    "query": ("queries queried querying", "q"),
    "beg": ("begs begged begging", "iq"),
    "admit": ("admits admitted admitting", "cqn"),
    "quip": ("quips quipped quipping", "cq"),
    "slam": ("slams slammed slamming", "l"),
    "dub": ("dubs dubbed dubbing", "l"),
    "snap": ("snaps snapped snapping", "q"),
    "grin": ("grins grinned grinning", "q"),
    "sob": ("sobs sobbed sobbing", "q"),
    "tut": ("tuts tutted tutting", "q"),
    "weep": ("weeps wept", "q"),
    "brag": ("brags bragged bragging", "cq"),
    "sum": ("sums summed summing", "q"),
    "hear": ("hears heard", "t"),
    "think": ("thinks thought thinking", ""),
    "mean": ("means meant", ""),
    "refer": ("refers referred referring", ""),
}


def _inflect(base: str) -> tuple[str, ...]:
    stem = base.removesuffix("e")
    third = base + ("es" if base.endswith(("s", "sh", "ch", "x", "z")) else "s")
    return (base, third, stem + "ed", stem + "ing")


def _table() -> dict[str, tuple[str, str, str]]:
    forms: dict[str, tuple[str, str, str]] = {}
    for entry in _REGULAR:
        base, _, flags = entry.partition(":")
        if base in _IRREGULAR:
            continue
        for form, shape in zip(_inflect(base), ("base", "s", "ed", "ing"), strict=True):
            forms[form] = (base, flags, shape)
    for base, (others, flags) in _IRREGULAR.items():
        forms[base] = (base, flags, "base")
        for form in others.split():
            shape = "ing" if form.endswith("ing") else "s" if form.endswith("s") and form != "was" else "ed"
            forms[form] = (base, flags, shape)
    return forms


#: folded form: (base, flags, shape); shape is base, s, ed (any past form) or ing.
CUES = _table()

#: Forms that are more often nouns: a cue only with a subject before and a clause or marks behind.
NOUNISH = words(
    """
claim claims report reports note notes state states comment comments call calls order orders post posts tweet tweets
demand demands offer offers promise promises request requests reply replies hint hints question questions charge
estimate estimates remark remarks joke jokes cry cries term terms brand label labels attack attacks praise blame
stress address mention reason reasons point points start laugh smile quote quotes pledge pledges vow vows signal
signals response answer caption rule rules echo query counter advised reading caution alleged so-called
"""
)
#: Nouns that stand for something said.
SPEECH_NOUNS = words(
    """
statement claim suggestion allegation warning assertion argument admission announcement promise pledge insistence
accusation comment comments remark remarks declaration complaint assurance belief contention prediction denial
message tweet post caption letter email e-mail report response reply answer question motto slogan
"""
)
#: Who hears what is said before them: "the inquest heard that".
COURTS = words("court inquest inquiry jury jurors tribunal hearing committee magistrates panel commission trial")
#: Where something was said: "said in a statement the club would …".
CHANNELS = words(
    """
statement interview letter report email e-mail tweet speech court ruling release post conference article blog memo
briefing message video document decision judgment judgement filing meeting hearing note call press-release column
broadcast debate evidence testimony affidavit lawsuit order podcast broadcast update television radio twitter
facebook parliament commons lords rally event programme program show session inquiry inquest
"""
)
#: "the company did not say", "would not comment": nothing is quoted.
SILENT = words("comment respond say reply elaborate confirm answer specify disclose")
#: Participles that carry on the subject's words.
PARTICIPLES = words(
    """
saying adding claiming arguing insisting warning explaining suggesting noting stating declaring telling asking
writing admitting stressing complaining promising pledging vowing predicting revealing joking tweeting replying
announcing reporting alleging commenting pointing urging calling describing accusing acknowledging observing
emphasising emphasizing conceding reiterating recalling boasting shouting testifying concluding advising asserting
maintaining confirming remarking contending branding dubbing labelling labeling
"""
)
ACCORDING = words("according")
SAYING = words("""
said says told tells added adds writes wrote recalled recalls explained explains insists insisted argues argued
asked replied laughed
""")
