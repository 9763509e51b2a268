/**
 * Words that Halo's refusals, its database and .NET may use (`reference/halo.md` 5.3), in small letters. Whatever else stands in a refusal may be
 * somebody's value, so no word belongs here that is a usual name, place or answer.
 */
export const OWN_WORDS: ReadonlySet<string> = new Set(
  `a about above access account accounts action active actual add added address addresses after again against agent agents all allow allowed allows
  already also always an and another any api app application archived are area argument array as asset assign assigned at attempt attempted
  attempting authorisation authorization automation available bad batch be because been before being below between binary blank blocked body
  boolean both budget busy but by cache call called can cannot case cf change changed changes character characters check child choose circular
  city class client clients code collation column columns command complete completed concurrency concurrent condition conflict conflicts connect
  connection constraint contact contain contains content contract conversion convert converting correct could count country create created
  creating custom customer customers data database date dates datetime day days dbo deactivate deactivated deadlock deadlocked decimal default
  defined delete deleted deleting denied deny department description detail details did different digits disabled division do does domain done
  down due duplicate duplicated duplicates during each edit either element else email emails empty enabled end ended enter entered entity entries
  entry enum error errors even every exact exceed exceeded exceeds except exception execute executing execution exist existing exists expected
  expects expired fail failed fails failure false field fields file filter first following follows for forbidden foreign format formatted found
  from full further get given greater group groups guid had halo halocrm haloitsm halopsa has have header hidden however http id identifier ids if
  illegal in inactive incorrect index information inner input insert inserted inserting instance int integer internal into invalid is issue it item
  items its json key keys known larger last later least left length less letters level licence license like limit line lines link linked list
  locked log login logins long longer lost made mail maintenance make mandatory match matched matches matching max maximum may member merged message
  method min minimum missing mobile mode more most multiple must name named names need needed needs negative never new next no none nor not note
  notes nothing now null nulls occur occurred occurs number numbers numeric object objects of off on once one only open operation operator option or order organisation
  organization other others out outside over overflow own page parameter parameters parent parse part password path pattern pending per permission
  permissions permitted phone place please point position positive possible post postcode present prevent prevented previous primary problem
  procedure process processed processing property provide provided put query queue rate reached read reading readonly reason record records
  reference references referenced refused reject rejected related remove removed repeated request requested requests require required requires
  reset resource response restricted result retry return returned right rights role roles row rows rule rules run running same save saved saving
  schema second seconds security see select selected sent server service session set setting settings should show single site sites size
  small some something source specified specify sql state statement status step still stopped stored string subquery such support supported
  support system table team text than that the their them then there these they this those through ticket tickets time timed timeout title to
  token too top total transaction trigger true truncated try type types unable unauthorised unauthorized unavailable under undefined unexpected
  unhandled unique unknown unless unlicensed until update updated updating url use used user username users uses using valid validate validated
  validation value values variable version via victim view violate violates violation was we web were what when where whether which while whose
  will with within without word work workflow would write written wrong xml yes yet you your zero birth taken born`.split(
    /\s+/,
  ),
);
