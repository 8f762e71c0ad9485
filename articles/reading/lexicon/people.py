"""Titles, given names by gender, roles and their genders, and words that end the name of an organisation."""

from __future__ import annotations

from .words import words

TITLES_MALE = words("mr sir lord father fr brother prince king baron viscount duke earl monsieur")
TITLES_FEMALE = words("mrs ms miss dame lady baroness sister princess queen duchess countess madame")
TITLES_NEUTRAL = words(
    """
dr prof professor rev reverend president sen senator gov governor rep representative judge justice capt captain col
colonel gen general lt lieutenant sgt sergeant maj major pc dc ds di dci supt superintendent insp inspector chief
constable detective officer councillor cllr coun mayor chancellor secretary minister bishop archbishop cardinal pope
rabbi imam canon dean deputy commissioner commander admiral brigadier marshal congressman congresswoman ambassador
coach attorney counsel premier mp msp mep hon honour honourable alderman sheriff coroner recorder
"""
)
TITLES = (
    TITLES_MALE
    | TITLES_FEMALE
    | words(
        """
dr prof professor rev reverend president sen senator gov governor rep judge justice capt captain col colonel gen
general lt sgt sergeant maj major pc supt insp inspector cllr councillor mayor bishop archbishop cardinal pope rabbi
imam coach chancellor premier coun cllr cllrs dci dsi det cdr
"""
    )
)
PARTICLES = words("de da di du del della der den van von la le el al bin ibn ap ter ten dos das of")
SUFFIXES = words("jr sr qc kc obe cbe mbe mp msp md phd ii iii iv jr. sr.")

MALE = words("""
aaron cyrus abdul abdullah abraham adam adrian ahmed aidan alan alastair albert alec aleksandr alessandro alexander alexei
alfie alfonso alfred ali alistair allan allen alvin amir anders andre andrea andreas andrei andrew andy angus anil
anthony antonio archie arjun arnold arthur arun asif ashok aziz barack barnaby barney barry bashar bart ben benedict
benjamin benny bernard bernie bert bill billy bob bobby boris brad bradley brandon brendan brent brett brian bruce
bruno bryan byron callum calvin cameron carl carlos cedric chad charles charlie chester chris christian christopher
chuck clarence clark claude clement cliff clifford clive colin conor connor corey craig curtis cyril daniel danny
darren dave david davi dean declan denis dennis denzil derek dermot desmond dev diego dimitri dinesh dmitri dominic
donald donnie doug douglas duncan dwayne dylan eamonn eddie edgar edmund eduardo edward edwin elijah elliot elliott
elon emanuel emmanuel enrique eric erik ernest ernie ethan euan eugene evan ewan fabio farooq felix ferdinand fergus
fernando finlay finn floyd francis francisco frank franklin fraser fred freddie frederick gabriel gareth garry gary
gavin gavyn geoff geoffrey george gerald gerard gerhard gerry gideon gilbert giles giovanni glen glenn gordon graeme
graham grant greg gregor gregory guillaume gus guy hamish hamid hamza hans harold harris harry harvey hassan hector
henry herbert herman hilary_ howard hubert hugh hugo hussein iain ian ibrahim igor imran isaac ismail ivan jack
jackson jacob jacques jaime jake jamal james jamie jan jared jason javier jay jean-claude jed jeff jeffrey jeremy
jerome jerry jesse jesus jim jimmy joachim joao joe joel johan johannes john johnny jon jonathan jordan jorge jose
josé joseph josh joshua juan julian julien julio justin kamal karim karl keir keith ken kenneth kenny kevin khalid
kieran kirk kofi kumar kurt kyle lance larry lars laurence lawrence lee len leo leon leonard leonardo leroy les
leslie_ lewis liam lionel lloyd logan lorenzo louis luca lucas luigi luis luke magnus malcolm manuel marc marcel
marco marcus mario mark marlon marshall martin marvin mason mateo matt matteo matthew matthias maurice mauricio max
maxwell mehdi mehmet michael michel miguel mike mikhail miles mitch mitchell mo mohamed mohammad mohammed morgan_
muhammad murray nathan nathaniel neal ned neil nelson nicholas nick nicolas nigel noah noel norman oleg oliver
olivier omar oscar osama otto owen pablo paddy patrick paul pavel pedro percy perry pete peter phil philip philippe
phillip pierre piers quentin rafael rahul raj rajesh ralph ramon randy raphael rashid raul ravi ray raymond reece
reg reginald rex rhys ricardo richard rick ricky rob robbie robert roberto robin rod roderick rodney rodrigo roger
roland ronald ronan ronnie ron rory ross roy rudolph rupert russell ryan sadiq sajid salman sam_ samir samuel sanjay
santiago saul scott sean sebastian serge sergei sergio seth shane shaun sid sidney silvio simon stan stanley stefan
stephen stephane steve steven stewart stuart sunil suresh tariq tarek ted terence terry theo theodore thomas tim
timothy toby todd tom tomas tommy tony travis trevor tristan tyler umar vernon vic victor vijay vikram vince vincent
vladimir wallace walter warren wayne wes wesley wilfred will william willie winston xavier yanis yasser yusuf zac
zachary zack zak zane zhang hori rishi kwasi nadhim gerhard jens ulrich wolfgang emile joaquin alistair ruairi
seamus padraig cathal eoin niall oisin donal diarmuid gethin huw ieuan gwyn emyr alun dafydd tomos aled ioan
dougie kev bilal usman faisal waqar tunde chidi chinedu emeka kwame tayo segun balbir jagdeep alf perce wilf ed lachlan
rafe rupinder tobias barnabas zachariah sanjeev vikash nikhil dev kwabena yaw chukwudi kayode tarquin ptolemy hew rhodri
geraint idris iwan elis osian euros meirion
abbas abdi abdirahman abdulkadir abel abhishek achim ade adebayo adeel adel adil adnan agustin ahmad ahmet akash akbar
akram alain alasdair alban alberto aldo alejandro aleksandar aleksander alessio alexandre alexandru alfredo algernon
alick alonzo altaf amadou amar amit amjad amos anatole anatoly andrej andriy andrés ansel anselm antoine anton aran
archibald arif arjan armand armando arnaud arne arshad arsène arvind asad ashraf asim atif attila auberon augusto
aurelien awais ayaan azeem azhar babar baldev balázs barnabé barrie bartholomew bartosz basil bastian benito benjamín
benoit bernardo bertie bertrand bhupinder bogdan boyd brady brice brody bronisław burak caleb camilo carlo carwyn
caspar casper cecil cem cesar chandra charley chaz chetan chike chinua christoph christophe christos cillian claudio
clint connell conrad cornelius cosmo crispin cristian cristiano cristóbal dai damian damien damon dan danilo dario
darius darnell darrell darryl davide dawid deepak demetrius denys derrick didier diederik dieter digby dilip dino dirk
djibril domenico domingo dominik donnacha dorian dougal drago dudley ebenezer eberhard edgardo edmond edouard eduard
egbert eirik elias elton elvis emanuele emil emilio emlyn emre enda engin enoch enzo ephraim erasmus eren erich erling
ernesto ernst errol esteban etienne eugen eugenio evert ezekiel ezra fabian fabrice farhan farid farrukh federico
felipe femi ferenc fergal festus fidel filip fintan fletcher florian francesco francois franz françois frederic
friedrich fritz frédéric gabriele gaetano gaius garrett gaspard geordie georg georges georgios geronimo gershon
giacomo gianluca gianni gino giorgio giuseppe godfrey goodluck goran gottfried gotthard gregorio griff grzegorz
guenther guido guilherme gunnar gunter gurdeep gustav gustavo gwilym gyula günther hadi haider hakan hakim harald
harjit haroon harpal haruki hasan hashim hayden haydn heinrich heinz helmut hendrik henri henrik herve hideo hilario
hiroshi horace horatio horst hrithik hugues humberto humphrey humza hywel iago iestyn ifan ignacio ignatius ikram ilan
ilya inderjit ingo innes ioannis iqbal irfan irving irwin ishaan ishmael isidore istvan ivo ivor jaap jabez jabir
jagtar jalal jarek jaroslav jarrod jasper jawad jayden jayson jeremiah jethro jimi joachín joaquim joey jomo joost
jorg jorgen joris josef joss jozef julius jurgen jürgen kabir kacper kamran karan kareem karel karsten kasim kaspar
kayden keanu kelvin kemal kenan kendrick kenji keyaan khaled khaleel kian kjell klaus kris krishna krishnan kristian
krzysztof kunal kurtis kwaku kyran ladislav lamar laszlo lateef laurent leander leandro lech lemuel lenny leopold
leszek lev levi linus llewellyn llywelyn loic lorcan lothar lucian lucien ludwig lukas lukasz luther lyle lyndon
maciej mads mahesh mahmood mahmoud majid malachy malik mamadou manfred manish manny mansoor marat marcin marek mariano
marius marko markus martyn mateusz mathew mathias mathieu matthijs mauro maximilian maximus mehul mekhi melvin melvyn
merv mervyn micah michał mick mickey mihai mikael mikkel miklos milo milos miroslav mohsin moritz morten mortimer
moussa mubarak mudassar mukesh munir murdo murtaza mustafa mustapha myles nabil nadeem naeem naim najib nasir nasser
naveed navin nazir neels neville nico nicolae niels nils ninian noam norbert nuno obadiah octavian olaf olav oleksandr
olu olumide olusegun oluwaseun omari orhan orson osman osvaldo oswald oswyn othello ousmane ozzy paolo pascal pasquale
patryk paulo pauly pavan pelham pelle pervez petr petros phileas philipp pietro piotr prakash pranav prem pádraig
quincy quinton radek radovan rafal rafferty rafiq ragheb raghu raheem rahim raimund rainer rajan rajiv rakesh ralf
ramesh rami ramiro ramzan randolph raoul ravindra raza reggie reinhard reinhold remy renato renzo rené reuben reza
richie rizwan roald robbin roddy rodger rodolfo roel rogelio rohan rohit romeo romesh ronaldo rowland roydon ruben
rudi rudy rufus rui rupesh ruslan rustam ryszard saad saeed saif saleem saleh salim salvador salvatore samad sameer
sami sandro sanjit santino saqib sardar satish scot selim selwyn serhiy servaas seumas shahid shakeel shamil sharif
shashi shaukat sheldon sherif shiraz shlomo shoaib siddharth siegfried sigmund silas silvester simeon simão sion sipho
siôn sohail soren stanislav stanislaw stavros steffen stephan stevan subhash sudhir sukhdev sulaiman suleiman sven
swaran syed sylvester szymon søren taavi tad tadeusz taha tahir takashi talal tam tamás taras tareq tashi tavish
tawanda teddy tendai teofil terrence teun thabo thaddeus themba thiago thibault thierry thorsten tiberius tibor timo
timur tobiah todor tomasz tommaso torquil torsten trevelyan turlough tyrone udo ugo uhuru ulf uli ultan unai uri uriah
usain utkarsh uwe vadim valentin valery vasco vasily venkat viktor vinay vinnie vinod virgil vito vladislav volodymyr
waheed waleed walid walt waseem wasim wayland wendell werner wieslaw wilbur wilfrid wilhelm willem wim wojciech
wolfram xander xavi yahya yannick yannis yasin yiannis yorick yoshi younis yousaf yousef youssef yoweri yuri yves yvo
zaheer zahid zaki zbigniew zdzislaw zeeshan zeke zeno zia zigmund zlatan zoltan zubair łukasz
""")
FEMALE = words("""
josie tiff samina winifred ottilie prudence marigold coral edna roz ros bev ethel beryl enid olive poppy amelie evie
maisie tilly lottie cressida jemima arabella tamsin kerenza morwenna caitlin cerys bronwen nia iona shona senga lynda
nigella zainab ayesha anjali meera sunita rekha nisha deepa harpreet jaspreet manpreet amrit naz nasreen leila ngozi
adaeze ama abena efua temi yemi ola mabel lettice euphemia philippa perpetua clemency beatrix flora freda rosalind
delyth glenys mair nerys eluned sian
abigail ada adele agnes aisha aileen alexandra alexis_ alice alicia alison allison amanda amber amelia amina amy ana
anastasia andie angela angie angelina anita ann anna anne annabel anneliese annette annie antonia april arlene
ashley_ audrey ava barbara beatrice becky bella belinda bernadette bernice beth bethany betty beverley beverly
bianca brenda bridget brigitte bronwyn camilla candice cara carla carly carmen carol carole caroline carolyn
cassandra catherine cathy cecilia celia celina charlotte chelsea cherie cheryl chloe christina christine cindy
claire clara clare claudia colette colleen constance cora courtney crystal cynthia daisy dana_ daniela danielle
daphne dawn deborah debbie debra deirdre denise diana diane dianne dolores donna dora doreen dorothy eileen elaine
eleanor elena eliza elizabeth ella ellen ellie eloise elsa elsie emily emma erica erika erin esme estelle esther
eunice eva eve evelyn faith fatima faye felicity fiona flora florence frances francesca freya gail gemma georgia
georgina geraldine gertrude gillian gina gisele gladys glenda gloria grace greta gwen gwendolyn hannah harriet
hayley hazel heather heidi helen helena helga henrietta hillary hilda holly hope ida imogen ingrid irene iris isabel
isabella isabelle isla isobel ivy jackie jacqueline jacqui jade jan_ jane janet janice jasmine jayne jean jeanette
jeanne jenna jennie jennifer jenny jess jessica jill jillian jo joan joanna joanne jocelyn jodie josephine joy joyce
juanita judith judy julia juliana julie juliet june justine kamala karen karina kate katharine katherine kathleen
kathryn kathy katie katrina katya kay kayla keisha kelly kemi kerry_ kezia kim_ kimberly kirsten kirsty kristen
kristin kristina lara latifa laura lauren layla leah leanne lena leonie lesley leticia lillian lily linda lindsay
lindsey lisa liz liza lois lola lorna lorraine louisa louise lucia lucinda lucy lydia lynn lynne mabel madeleine
madison maggie malala mandy marcia margaret margot maria mariam marian marianne marie marilyn marina marion marjorie
marsha marsha-jane martha mary matilda maud maureen mavis maxine may_ maya megan meghan melania melanie melinda
melissa melezia mercedes mia michaela michele michelle mildred millie mina mindy miranda miriam moira molly mona
monica muriel myra nadia nadine nancy naomi natalie natasha nell nicola nicole nina noor nora norma olga olivia
pamela pat_ patricia patsy paula pauline pearl penelope penny petra philippa phoebe phyllis pilar pippa polly
priscilla priti priya rachael rachel rana rebecca regina renee rhona rhonda rita roberta rosa rosalind rosanna rose
rosemary rosena rosie roxanne ruby ruth sabrina sadie sally salma samantha sandra sara sarah saskia selena selina
serena shabana shami shannon sharon sheila shelley shirley sian sienna silvia simone siobhan sofia sonia sophia
sophie stacey stella stephanie sue suella susan susannah susanna susie suzanne svetlana sybil sylvia tabitha tamara
tania tanya tara teresa tess tessa thelma theresa therese tiffany tina toni tracey tracy trudy ursula valerie
vanessa vera verity veronica vicky victoria viola violet virginia vivian vivien vivienne wanda wendy whitney yasmin
yolanda yvette yvonne zara zoe angharad bethan carys ceri eleri ffion gwenllian lowri nerys rhian sioned aoife ciara
grainne maeve niamh orla roisin sinead nicola mhairi eilidh catriona morag
agata agnieszka aleksandra alina alma althea amal amara amaya amira amrita anais aneesa anika anisa annalise annika
anoushka antonella anya aoibhe aparajita aparna araminta aretha ariana arianna arwa asha asma astrid augusta avril
ayse aysha azra beata berenice bettany bettina birgit bozena brianna brigid britney bríd bushra callie candace caoimhe
carlotta catarina cate cathryn cecile celeste chantal chantelle charlene charmaine chiara chloé clarissa clementine
cleo clodagh concetta constanza cordelia corinne cosima dagmar damilola danuta darlene davina deanna deepika deidre
deirbhile delia della delphine demi dilys dinah dominika dominique dorota dorothea dottie edith edwina eilish eithne
ekaterina eliane elif elin elisa elisabeth elise elke elma elodie elspeth emilia emine emmeline ernestine esperanza
eugenie evangeline ewa farah farida farzana fatema fatimah fatou fionnghuala fionnuala fizza folake fouzia fran
frederica frieda gabriela gabriella gabrielle gaynor genevieve georgiana gerda germaine ghislaine giulia grazia greer
gráinne gudrun guinevere gurpreet gwyneth habiba hafsa hajra halima hana hanan hanna hatice helene hermione hetty hina
huda humaira ibtisam ifeoma ilona iman imani ines inga ingeborg inès irena irina irma isha ishbel isobelle iwona
izabela jacinda jacinta jana janelle janette janina jasmin jeannie jemma jenni jeri jessie jhumpa jinty joana jolene
jordana josefina judi julianne justyna kaitlin kaja kalpana karolina kasia katerina kavita kaye keira kelechi kerrie
keziah khadija khadijah kirstin klara krystyna laila lakshmi lana larissa latoya lauryn leela lehla lenore leonora
letitia letty lexi liane lidia lilian liliana lilly lina linnea lisbeth lise livia ljubica lorelei louella luciana
lucille lucrezia ludmila luisa lydie lyndsey lynette lynsey mabli madeline magda magdalena maha mahira maimuna mairead
majella malgorzata malin manal mandeep mandi manuela marcella marcelle margareta margarita margery margherita
marguerite mariana maribel mariella marilena marisa marlene marta martina maryam marzena mayumi meg mehreen mena meryl
milly minnie misbah moya mumtaz munira myfanwy myrtle máire máiréad naheed naima nancie nanette nargis natalia
nathalie nazia neelam nesta nicki nikita nikki nilofer nimra nita noelle noreen nour nuala nusrat octavia odette
oksana olena orlaith ornella paloma palwasha parveen patrice paulette payal peggy perdita petronella philomena
phyllida pooja poonam preeti priyanka rabia rachna raisa ramona raquel rashida rebekah reem reena reeta rehana renata
renate reshma rhea rhiannon rochelle romilly romola ronke rosaleen rosamund rosario rosemarie rosina rowena roxana
rukhsana rupa ruqayyah róisín sabina sadhbh safia sahar saima saira sakina salome samia samira sanna saoirse sarita
sarojini seema selma shabnam shaheen shakira shamim shanice sharmila sharron shaznay sheela sheena shereen shilpa
shireen shirin shivani shreya shushila sigrid simona simran sinéad siobhán sofie solange soraya sorcha soumaya
stefania sukhi suki sumaya sumera suzanna suzi swati sylvie tahira tahmina tallulah tamar tanisha tansy tasha tasneem
tatiana tatyana tegan thandi thea theodora tilda tova tracie trish trisha trixie ursulla uzma valentina valeria vanya
vashti veena velma verena vicki vidya viktoria viviana wafa wendi wilhelmina wilma winnie xanthe xenia yana yasmeen
yasmina yolande ysolde yulia zahida zahra zarah zaynab zehra zelda zena zeynep zita zofia zohra zosia zoë zsofia
zubaida zuleika zuzana
""")
NEUTRAL = words(
    """
alex sam chris_ pat kim jordan_ ashley leslie morgan kerry robin_ taylor casey jamie_ jody jesse_ drew dana hilary
charlie_ frankie jackie_ lee_ lynn_ sandy shannon_ terry_ tracy_ kit nicky ali_ mel val viv bobbie billie rowan
quinn reese skyler riley sasha eli gale jules marley reagan rory_ stevie sydney
"""
)
MALE = frozenset(w for w in MALE if not w.endswith("_")) - {"andrea", "will", "grant", "mason", "marshall"} | {"will"}
FEMALE = frozenset(w for w in FEMALE if not w.endswith("_")) - {"hope", "faith"}
NEUTRAL = frozenset(w for w in NEUTRAL if not w.endswith("_"))
GIVEN = MALE | FEMALE | NEUTRAL

ROLE_MALE = words(
    """
man boy father dad son brother husband uncle grandfather nephew king prince duke lord spokesman chairman businessman
policeman fireman salesman congressman actor widower gentleman boyfriend groom stepfather bloke alderman statesman
sportsman cameraman councilman frontman fisherman batsman lad grandson fiance
"""
)
ROLE_FEMALE = words(
    """
woman girl mother mum mom daughter sister wife aunt grandmother niece queen princess duchess lady baroness
spokeswoman chairwoman businesswoman policewoman saleswoman congresswoman actress widow girlfriend bride stepmother
midwife housewife heiress sportswoman councilwoman frontwoman granddaughter waitress hostess fiancee fiancée
"""
)
#: Nouns for what somebody is; the head of a descriptor ("the shadow chancellor") or of an unnamed source ("a resident").
ROLES = (
    ROLE_MALE
    | ROLE_FEMALE
    | words("""
spokesperson leader secretary minister chancellor president chair chairperson director manager boss head coach
captain mayor councillor mp msp mep peer senator governor judge justice lawyer solicitor barrister prosecutor
attorney counsel doctor nurse surgeon consultant professor lecturer teacher headteacher academic scientist
researcher expert analyst economist historian author writer novelist poet journalist reporter editor columnist
broadcaster presenter host comedian singer musician artist designer architect engineer developer founder co-founder
owner entrepreneur executive officer chief commissioner constable inspector sergeant detective superintendent
commander general colonel ambassador diplomat envoy campaigner gp speaker curator moderator sheriff warden headmaster provost conductor dentist botanist activist organiser organizer protester protestor
demonstrator supporter critic opponent candidate nominee frontrunner politician lawmaker legislator backbencher whip
aide adviser advisor strategist pollster ally insider source official representative delegate member volunteer
worker employee driver pilot farmer shopkeeper baker butcher chef cook builder plumber electrician carpenter
mechanic student pupil graduate resident neighbour neighbor local tenant landlord homeowner passenger commuter
customer shopper fan viewer user witness victim survivor patient relative parent child friend colleague partner
teammate player striker midfielder defender goalkeeper winger fly-half manager skipper referee bishop archbishop
vicar priest pastor rabbi imam pope coroner pathologist psychologist psychiatrist therapist counsellor star
celebrity champion winner veteran soldier refugee migrant immigrant pensioner teenager toddler baby youngster
investor trader banker accountant broker chairman producer filmmaker director-general treasurer convener convenor
trustee governor-general premier taoiseach chairwoman vice-president deputy successor predecessor rival contestant
commenter commentator critic observer blogger tweeter respondent caller participant attendee bystander onlooker
billionaire millionaire tycoon magnate mogul developer republican democrat conservative liberal tory socialist
""")
)
GROUPS = words("""
girls boys lads cops villagers swimmers neighbours pupils commuters punters mums dads grans drinkers traders vets nurses carers pals
police officials officers ministers experts scientists researchers campaigners activists critics supporters
opponents residents neighbours neighbors witnesses sources unions councillors lawyers prosecutors investigators
authorities organisers organizers analysts observers doctors teachers parents families relatives friends colleagues
students members workers staff firefighters paramedics detectives lawmakers republicans democrats conservatives
liberals senators mps peers politicians voters commentators bosses managers directors leaders executives bankers
economists historians scholars academics aides advisers advisors insiders players fans viewers customers shoppers
users people men women locals passengers drivers farmers businesses companies retailers charities groups agents
prosecutors protesters makers carmakers suppliers insurers airlines organisations organizations societies associations churches schools elders judges allies rivals veterans reporters journalists directors owners spokespeople
pollsters
""")

ORG_HEADS = words("""
party council government department ministry office agency authority commission committee association union
federation society institute institution university college school academy trust foundation charity club united city
fc group company corporation corp inc ltd plc llc bank court police service services force constabulary parliament
assembly senate congress house board bureau centre center hospital network alliance coalition campaign movement
league organisation organization times post guardian telegraph mail mirror sun standard herald tribune journal
gazette news press agency observer independent broadcaster airlines airways railways rail systems technologies
industries holdings partners partnership church cathedral museum gallery theatre library fund caucus conference railway infirmary hospice ferries leisure
chamber confederation brigade brigades airport council's branch clp watch aid international global media television
radio studios records magazine nhs bbc itv wire brotherhood forum guild
gmbh freight motors pharmaceuticals foods stores insurance builders logistics solutions consulting
""")
#: Last words of streets, buildings and the like, which neither speak nor are people.
PLACE_HEADS = words("""
hotel square street road avenue lane bridge park station stadium arena palace tower river lake hill hills island
islands bay beach valley mountain county region district ward village town crescent drive terrace gardens close cup
row mews quay wharf prize award awards day week festival act bill treaty war
""")
PLACES = words("""
england scotland wales ireland britain uk london manchester birmingham liverpool leeds sheffield bristol newcastle
nottingham leicester cardiff swansea belfast edinburgh glasgow aberdeen dundee york oxford cambridge brighton
plymouth southampton portsmouth norwich hull bradford wigan bolton sunderland derby coventry exeter bath durham
lancaster westminster whitehall holyrood stormont europe america usa us canada toronto ottawa montreal vancouver
calgary edmonton winnipeg ontario quebec alberta manitoba france paris germany berlin spain madrid valencia
barcelona italy rome russia moscow ukraine kyiv china beijing japan tokyo india delhi pakistan australia sydney
melbourne brussels israel iran iraq syria yemen afghanistan africa asia washington california texas florida ohio
iowa nevada virginia michigan pennsylvania boston chicago york jersey hampshire carolina georgia kent essex sussex
surrey devon cornwall dorset somerset wiltshire gloucestershire hampshire berkshire norfolk suffolk lincolnshire
yorkshire lancashire cumbria northumberland cheshire shropshire staffordshire derbyshire nottinghamshire
leicestershire mexico brazil argentina greece athens turkey egypt poland sweden norway denmark finland netherlands
holland belgium switzerland austria zealand auckland
""")
NATIONS = words("""
british english scottish welsh irish american canadian french german spanish italian russian ukrainian chinese
japanese indian pakistani australian european african asian israeli iranian iraqi syrian turkish greek polish dutch
belgian swedish norwegian danish finnish mexican brazilian tory tories labour conservative conservatives republican
republicans democrat democrats democratic liberal liberals christian muslim jewish catholic protestant brexit
christmas easter ramadan portuguese swiss austrian christians muslims jews catholics londoners scots parisian
argentine
""")
#: Words with a capital that are no part of a name.
NOT_NAMES = words("""
mps msps meps mp's gps tvs dvds ceos
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december i god internet covid covid-19 tv hey hence tweet brexit leave remain email e-mail
""")
#: What tabloids put before a name at the head of a sentence; with it go all "-ing", "-ed" and "mum-of-three".
EPITHETS = words("""
defiant furious angry brave proud tearful tragic plucky heartbroken distraught desperate cheeky cheery happy lucky
retired former veteran hero local villager gran grandad grandmother grandfather nan mum dad mother father widow widower
pensioner brother sister son daughter husband wife neighbour ex-soldier gran-of-six shameless hapless top tory labour
popular disgraced controversial outspoken jubilant delighted emotional sobbing hard-up penniless superfan great-gran
""")
#: Words shouted in capitals that name nobody, and abbreviations of things.
SHOUTED = words("""
live ends breaking exclusive update updated urgent watch video more new news just now only free plus see revealed here
read big best top end sunk sea shock fury war dead hero star win wins loss love hate help stop yes no not never all its
the and for but out off over back down one two dna rna gcse gcses hiv aids cctv vat gdp tv dvd cd pc it ai hr pr gp gps
adhd suv ev lgbt bame bst gmt phd faq rip diy pe id atm url usb hs2 ppe mot asbo cv diy eta gmt iq lol ok omg pow rsvp
sos sms vip vr wifi ghz mph bmi bmw ufo a-level covid us uk eu mp mps pm
""")
#: Given names that both men and women bear; a pronoun weighs more.
UNSURE = words("""
lee jamie taylor jordan robin lynn jackie terry tracy shannon leslie kerry chris jan dana rory sam jesse ashley
alexis kelly dale jody pat
""")
#: Words for whole peoples, which end no person's name.
NATION_PEOPLE = words(
    "canadians americans britons germans russians italians australians africans asians europeans indians mexicans "
    "conservatives liberals democrats republicans labour nationalists unionists greens remainers leavers"
)
#: Organisations known by one word.
KNOWN_ORGANISATIONS = words(
    """
labour ofsted ofcom ofgem ofwat ofqual unite unison usdaw aslef greenpeace oxfam barnardo's interpol europol tesco
sainsbury's asda morrisons nato fifa uefa unesco unicef hamas hezbollah taliban isis google facebook twitter amazon
apple microsoft netflix reuters stormont kremlin downing holyrood treasury pentagon lidl aldi waitrose barclays
lloyds hsbc natwest vodafone boeing airbus uber ryanair easyjet momentum tesla stonewall mencap acas nasuwt ucu rmt
"""
)
#: Words for anybody, which need no role printed before: "the veteran", "the 56-year-old", "the comedian".
SOFT = words("""
star comedian singer actor actress musician rapper player striker midfielder defender goalkeeper winger skipper
resident native veteran man woman mother father mum dad boy girl teenager youngster pensioner grandmother
grandfather politician businessman businesswoman entrepreneur billionaire tycoon author writer artist maverick
proprietor founder presenter broadcaster celebrity champion prince princess duke duchess king queen frontman
fly-half graduate student athlete performer entertainer comic boss youth londoner scot welshman irishman australian
frenchman argentine portuguese spaniard italian german brazilian american canadian norwegian dutchman republican
democrat tory peer frontrunner incumbent nominee
""")
#: Words for an organisation named before.
COMPANY = words("""
agency utility company firm union club council department charity broadcaster retailer party group board commission
government ministry airline bank force hospital university school team organisation organization association
regulator watchdog committee court newspaper website network federation trust studio manufacturer supermarket
operator authority campaign service institute college carmaker developer
""")
SPOKES = words("""
spokesman spokeswoman spokesperson spokespeople source official aide insider representative lawyer
""")
FILLERS = words("""
former then-acting acting shadow deputy vice interim new old ex-labour lead senior junior chief general executive
managing assistant associate honorary national local regional prime foreign home health education justice defence
defense finance business transport culture environment housing communities international trade union labour
conservative tory liberal democrat political parliamentary press media world rugby football cricket police fire
council city club team company party
""")
#: Organisations whose names do not look it.
KNOWN_PHRASES = frozenset(
    tuple(phrase.split())
    for phrase in (
        "downing street",
        "scotland yard",
        "buckingham palace",
        "kensington palace",
        "lambeth palace",
        "threadneedle street",
        "fleet street",
        "home office",
        "cabinet office",
        "foreign office",
        "northern ireland office",
        "scotland office",
        "wales office",
        "green party",
        "reform uk",
        "plaid cymru",
        "sinn fein",
        "sinn féin",
        "stop the war",
        "extinction rebellion",
        "just stop oil",
        "amnesty international",
        "citizens advice",
        "shelter scotland",
        "age uk",
        "cancer research uk",
        "british gas",
        "royal mail",
        "network rail",
        "transport for london",
        "british steel",
        "thames water",
        "southern water",
        "marks & spencer",
        "white house",
        "kings college",
        "lib dems",
        "liberal democrats",
        "metropolitan police",
    )
)
#: First words of companies and bodies, which begin no person's name.
COMPANY_FIRST = words(
    "northern southern western eastern royal national great united general new old first big virgin premier standard central greater "
    "international global world european west east north south south-west north-west grand super mega digital open free save stop"
)
#: Titles and callings that are surnames behind a first name: "Stephen King".
ALSO_SURNAMES = words(
    "king prince baron earl duke dean lord baker butcher cook farmer major bishop pope judge star fan"
)
#: What nobody but a person is called: "Gran Edie Salt".
KIN = words("gran grandad nan mum dad great-gran widow widower pensioner")
#: Words before "of" and "for" in the names of bodies, besides the heads: "Friends of Marlpit Baths".
OF_BODIES = words("chamber house bank minister secretary friends people farmers women workers")
OF_BODIES_ALWAYS = words("friends people farmers women workers friends")
#: Titles that are parts of offices and bodies too: "Premier League", "Lord Chancellor".
OFFICIAL_TITLES = words("premier lord chief general attorney")
#: Titles that go with a place as well as with a name: "the Bishop of Durham", "Mayor London".
TITLES_OF_PLACES = words("president mayor bishop archbishop chief prince princess")
#: Titles borne with the first name: "Sir Keir".
TITLES_WITH_GIVEN = words("sir dame prince princess king queen")
#: Heads of places that are surnames too, and first names that begin the names of places.
PLACE_SURNAMES = words("ward hill hills park lake day close bridge street lane castle")
PLACE_GIVEN = words("victoria albert charlotte george alexandra may june christian jordan chester")
#: Heads of organisations that are surnames too.
ORG_SURNAMES = words("club post bank banks watch mail sun church court force house network guardian star park")
#: Abbreviations that are no organisation's.
NO_ORGANISATIONS = words(
    "usa am ceo cfo coo msp agm agms ii iii iv la dc er ot est edt pst evp vp svp pm qc kc mc dj uk us obe cbe mbe dbe kbe om gop"
)
#: Last words of what is neither a body nor a person.
NO_BODIES = words("program programme project series returns model highway motorway invitational open reservoir")
#: Titles that go with "of" and a place, and name a person: "the Prince of Wales".
NOBLE = words("prince princess duke duchess earl countess marquess king queen archbishop bishop baron baroness")
#: Papers and the like called "The" and one word.
PAPERS = words("globe economist spectator scotsman herald atlantic intercept conversation kremlin treasury hill")
#: Nouns for a body whose name need not say them: "BC Hydro … the utility".
ANY_ORGANISATION = words(
    """
company firm group party charity union agency organisation organization utility trust club regulator watchdog
broadcaster retailer airline bank network manufacturer supermarket operator developer campaign studio carmaker
city borough county town
"""
)
#: Heads that say what a body is, and so what it is not.
SPECIFIC_BODIES = words(
    """
union council party government department ministry court university school college hospital church police force
constabulary museum newspaper committee parliament assembly senate board academy office city borough county town
"""
)
UNIONS = words("unite unison usdaw aslef gmb rmt pcs neu nasuwt cwu ucu fbu tssa bma rcn prospect community bectu naht")
PARTIES = words("labour conservatives tories snp dup ukip sdlp greens reform momentum libdems alba")
#: Titles that say nothing of an office.
MERE_TITLES = TITLES_MALE | TITLES_FEMALE | words("dr prof professor rev reverend hon cllr coun")
#: What titles are short for; "the governor" is Gov. Salas.
FULL_TITLES = {
    "gov": "governor", "sen": "senator", "rep": "representative", "prof": "professor", "dr": "doctor", "insp": "inspector",
    "sgt": "sergeant", "cllr": "councillor", "coun": "councillor", "capt": "captain", "supt": "superintendent",
    "det": "detective", "col": "colonel", "lt": "lieutenant", "maj": "major", "rev": "reverend", "mp": "mp",
}  # fmt: skip
#: Nouns for two who speak as one.
PAIRS = words("pair couple duo trio")
#: What a body is called beside its name: "Brindle Home, the furniture chain".
CALLED = words(
    "chain retailer maker brand giant group company firm charity developer manufacturer supplier operator publisher "
    "broadcaster regulator watchdog union thinktank think-tank consultancy startup start-up bank insurer carmaker airline "
    "brewer housebuilder campaign federation pressure"
)
#: Who may be called by a first name only, beside somebody named in full.
RELATIONS = words(
    "husband wife son daughter father mother dad mum brother sister grandfather grandmother grandson granddaughter widow"
)
GENDERED = TITLES_MALE | TITLES_FEMALE
#: Small words that the name of an organisation may hold inside.
CONNECT = frozenset(("of", "for", "and", "&", "on", "in", "to", "against"))
