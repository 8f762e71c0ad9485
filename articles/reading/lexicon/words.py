"""Function words, calendar words and other closed classes of English."""

from __future__ import annotations


def words(block: str) -> frozenset[str]:
    """A set of the blank-separated words of a block."""
    return frozenset(block.split())


WEEKDAYS = {d: i for i, d in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
MONTHS = {
    "january": 1,
    "february": 2,
    "march": 3,
    "april": 4,
    "may": 5,
    "june": 6,
    "july": 7,
    "august": 8,
    "september": 9,
    "october": 10,
    "november": 11,
    "december": 12,
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "sept": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
ABBREVIATIONS = words(
    """
mr mrs ms dr prof rev sir st gov sen rep gen col capt lt sgt maj cllr hon jr sr vs no inc ltd co corp dept est jan
feb mar apr jun jul aug sep sept oct nov dec ont que b.c calif fla tex mass conn wash pa va md ore ariz mich minn
wis ill ind tenn ky ala miss la ark okla kan neb colo nev mt ave rd approx fr bros supt insp det
"""
)
PRONOUNS = words("he she they it we i you who")
SUBJECT_PRONOUNS = words("he she they it we i you")
DETERMINERS = words(
    "the a an this that these those his her their its our my your some any every each one another several many both "
    "all two three four five six seven eight nine ten most more other no few dozens hundreds thousands"
)
PREPOSITIONS = words(
    """
of in at on for to from with by about after before during over under against between among into onto through since
until without within across behind beyond despite amid following alongside around near outside inside via regarding
concerning per as like than upon towards toward off
"""
)
SUBORDINATORS = words(
    "that if when while because although though since unless until after before as where whereas whether once so lest"
)
COORDINATORS = words("and but or nor yet")
AUXILIARIES = words(
    """
is are was were be been being am has have had having do does did will would can could shall should may might must 's
’s 've 're 'd 'll isn't wasn't aren't weren't hasn't haven't hadn't doesn't don't didn't won't wouldn't can't
couldn't shouldn't mightn't mustn't isn’t wasn’t aren’t weren’t hasn’t haven’t hadn’t doesn’t don’t didn’t won’t
wouldn’t can’t couldn’t shouldn’t cannot ought
"""
)
NEGATIONS = words("not never no didn't doesn't don't wouldn't won't didn’t doesn’t don’t wouldn’t won’t nobody nothing")
ADVERBS = words(
    """
also then later now still already again once previously earlier recently repeatedly often always never even just
only simply angrily quietly publicly privately reportedly apparently clearly further however meanwhile today
yesterday tonight afterwards afterward subsequently initially immediately finally instead too first last really
rightly wrongly famously memorably bluntly proudly sadly nervously incredulously jokingly frankly openly
specifically similarly likewise thus therefore additionally nonetheless nevertheless originally certainly
"""
)
#: Words that open a sentence with a capital without being a name.
OPENERS = words(
    """
the a an this that these those he she they it we i you who what when where why how which whose if but and or so as
in at on for to from with by about after before during over under against between among into since until without
within across behind beyond despite amid following while because although though unless whether once there here his
her their its our my your some any every each one another several many both all no not yes now then also however
meanwhile moreover indeed perhaps maybe still yet even just only such like than more most much few other others
first last next later earlier today yesterday tomorrow tonight according two three four five six seven eight nine
ten asked speaking writing talking including instead rather nor either neither well oh let lets please never always
often sometimes usually again too very quite don't can't won't it's that's there's he's she's we're they're i'm i've
we've you're don’t can’t won’t it’s that’s there’s he’s she’s we’re they’re i’m i’ve we’ve you’re experts officials
ministers police campaigners critics supporters opponents residents neighbours witnesses sources people men women
children students members workers staff union unions councillors researchers scientists doctors dozens hundreds
thousands millions lawyers judges prosecutors protesters activists voters analysts observers firefighters teachers
parents investigators authorities organisers figures data research tests police had has have is are was were will
would can could should may might must do does did be been being get got go going come came make made take took see
seen say says said asked told added look looking last new old good bad big small read more image photo photograph
picture video watch click sign share follow related updated published advertisement story continues additionally
further furthermore finally currently recently overall together given despite asking adding saying apart amazed back
out up off down under until unlike upon via nothing something everything anything nobody somebody everybody anybody
everyone someone anyone none those because thanks thank sorry hello dear yours best kind sincerely regards
"""
)
FIRST_PERSON = words("""
i we our us me my ours myself ourselves i'm i've i'd i'll we're we've we'd we'll i’m i’ve i’d i’ll we’re we’ve we’d
we’ll mine
""")
#: Finite verbs that end neither in -ed nor are auxiliaries; enough to tell a clause from a noun phrase.
FINITE = words("""
want wants need needs make makes made take takes took go goes went come comes came get gets got give gives gave know
knows knew think thinks thought see sees saw feel feels felt find finds found keep keeps kept let lets mean means
meant seem seems show shows showed left leave leaves lost lose loses won win wins hold holds held stand stands stood
sit sits sat run runs ran put puts set sets cut cuts hit hits met meet meets paid pay pays sent send sends built
build builds told tells tell said says say wrote writes write spoke speaks speak fell fall falls rose rise rises
grew grow grows began begin begins became become becomes broke break breaks brought bring brings bought buy buys
chose choose chooses drew draw draws drove drive drives ate eat eats led lead leads lie lies lay remain remains look
looks work works play plays plan plans hope hopes expect expects believe believes support supports help helps
continue continues require requires include includes allow allows deserve deserves face faces fight fights live
lives love loves like likes hate hates start starts stop stops try tries use uses turn turns follow follows contain
contains cost costs cause causes matter matters depend depends represent represents provide provides offer offers
appear appears belong belongs exist exists happen happens heard hear hears shut spend spends spent sold sell sells
struck strike strikes taught teach teaches threw throw throws understood understand understands woke wear wears wore
ensure ensures reflect reflects agree agrees differ differs serve serves suffer suffers
""")
TIME = words("""
yesterday today tonight tomorrow earlier later recently last this next week month year morning afternoon evening
night ago day days weeks months years weekend hours minutes
""")
BEFORE_WORK = words("""
titled entitled called named on in of from film movie book novel song album show programme program series episode
single play musical anthem documentary podcast memoir essay poem hymn sitcom drama exhibition painting pamphlet
""")
#: Words before the colon of a headline that are no speaker.
RUBRICS = words("""
live exclusive watch video opinion analysis review revealed comment letters editorial breaking update updated
explainer
""")
SMALL_WORDS = words("a an the of and in on to for with at by from or but is")
#: Words after which marks hold a name or a term: "known as", "so-called", "dubbed".
NAMING = words("""
called so-called named known nicknamed titled entitled dubbed codenamed code-named labelled labeled branded termed
christened renamed marked stamped tagged headlined captioned advertised nickname aka
""")
#: Nouns that announce the words themselves.
TERMS = words("""
word words term terms phrase phrases expression nickname label tag hashtag slogan motto chant chants cry cries shout
shouts headline headlines name title category heading so-called wording line talk
""")
#: Verbs that take a stand on something: what they put into marks is somebody's opinion or aim.
STANCE = words("""
admire admires admired admiring applaud applauds applauded laud lauds lauded lauding lament fear fears feared fearing
reject rejects rejected rejecting oppose opposes opposed opposing tout touts touted touting champion championed
pitch pitched pitching paint paints painted painting cast casts casting portray portrays portrayed portraying depict
depicts depicted depicting frame framed framing pound pounding pounded trash trashed rip rips ripped ripping hit hits
hitting bemoan bemoans bemoaned bemoaning lambasted decried exhort exhorts exhorted exhorting encourage encourages
encouraged encouraging urge urges urged urging beg begged refuse refuses refused rate rates rated rating rank ranked
deem deems deemed consider considers considered considering regard regards regarded view views viewed invoke invokes
invoked invoking cite cites cited citing reference references referenced referencing specify specifies specified
object objected objecting rail railed railing bristle bristled speak speaks spoke spoken speaking talk talks talked
talking thank thanks thanked thanking credit credits credited crediting condemn condemns condemned condemning mock
mocks mocked mocking fault faulted vow vows vowed vowing promise promises promised promising pledge pledges pledged
pledging call calls called calling describe describes described describing denounce denounces denounced denouncing
dismiss dismisses dismissed dismissing praise praises praised praising hail hails hailed hailing accuse accuses accused
accusing criticise criticised criticize criticized blame blames blamed blaming attack attacks attacked attacking
demand demands demanded demanding want wants wanted seek seeks sought aim aims aimed hope hopes hoped offer offers
offered offering apologise apologised apologize apologized endorse endorsed warn warns warned warning refer refers
referred referring allude alluded hint hinted liken likened compare compared comparing favour favoured prefer
complain complains complained complaining ask asks asked asking order orders ordered boast boasts boasted boasting
express expressed expresses expressing welcome welcomes welcomed believe believes believed feel feels felt find finds
found slam slams slammed slamming blast blasts blasted blasting brand brands branded branding insist insists insisted
""")
#: What may lead to a clause of somebody's opinion without being a word of speech.
THOUGHTS = words("""
think thinks thought thinking believe believes believed believing belief fear fears feared feel feels felt hope hopes
hoped anticipate anticipates anticipated expect expects expected doubt doubts doubted worry worries worried concern
concerns concerned idea notion view views opinion assumption impression theory news concession finding findings find
finds found evidence fact assessment verdict ruling hear heard means meant clear discuss discussed hint hinted
suggestion possibility reports rumours rumors story admission proposition thesis conviction confidence confident sure
""")
