#include "deploy/sample/countries.h"

#include <array>

#include "common/base/check.h"

namespace encours::sample {
namespace {

using Words = std::string_view;

constexpr Town kFrenchTowns[] = {
    {"Rennes", "35000"},   {"Nantes", "44000"},     {"Lyon", "69003"},        {"Lille", "59000"},
    {"Bordeaux", "33000"}, {"Toulouse", "31000"},   {"Marseille", "13008"},   {"Paris", "75011"},
    {"Brest", "29200"},    {"Strasbourg", "67000"}, {"Montpellier", "34000"}, {"Tours", "37000"},
    {"Dijon", "21000"},    {"Annecy", "74000"},     {"Grenoble", "38000"},    {"Reims", "51100"},
    {"Le Havre", "76600"}, {"Quimper", "29000"},    {"Pau", "64000"},         {"Nice", "06000"}};
constexpr Town kBritishTowns[] = {{"London", "SE1 2AA"},
                                  {"Bristol", "BS1 4ST"},
                                  {"Leeds", "LS1 4AP"},
                                  {"Manchester", "M1 2WD"},
                                  {"Glasgow", "G2 1AL"},
                                  {"Cardiff", "CF10 1EP"},
                                  {"Norwich", "NR1 3JU"},
                                  {"Brighton", "BN1 1AL"}};
constexpr Town kIrishTowns[] = {
    {"Dublin", "D02 X285"}, {"Cork", "T12 RX8A"}, {"Galway", "H91 E2K1"}};
constexpr Town kGermanTowns[] = {{"München", "80331"},
                                 {"Köln", "50667"},
                                 {"Hamburg", "20095"},
                                 {"Leipzig", "04109"},
                                 {"Freiburg", "79098"},
                                 {"Nürnberg", "90402"}};
constexpr Town kBelgianTowns[] = {
    {"Liège", "4000"}, {"Namur", "5000"}, {"Bruxelles", "1000"}, {"Mons", "7000"}};
constexpr Town kAmericanTowns[] = {{"Boston, MA", "02108"},
                                   {"Chicago, IL", "60601"},
                                   {"Austin, TX", "78701"},
                                   {"Portland, OR", "97204"}};

constexpr Words kFrenchStreets[] = {"rue du Four",
                                    "rue des Halles",
                                    "place du Marché",
                                    "avenue de la Gare",
                                    "rue de l'Église",
                                    "quai du Port",
                                    "rue des Tanneurs",
                                    "chemin du Moulin",
                                    "boulevard de la République"};
constexpr Words kEnglishStreets[] = {"High Street",
                                     "Station Road",
                                     "Mill Lane",
                                     "Church Row",
                                     "Market Place",
                                     "Quay Street",
                                     "Park Avenue"};
constexpr Words kGermanStreets[] = {
    "Hauptstraße", "Bahnhofstraße", "Am Markt", "Mühlenweg", "Gartenstraße"};

constexpr Words kFrenchFirst[] = {"Camille",
                                  "Julien",
                                  "Sophie",
                                  "Marc",
                                  "Élodie",
                                  "Karim",
                                  "Nathalie",
                                  "Antoine",
                                  "Inès",
                                  "Thierry",
                                  "Maëlle",
                                  "Hugo",
                                  "Chantal",
                                  "Yann",
                                  "Fatou",
                                  "Benoît"};
constexpr Words kFrenchLast[] = {"Moreau",
                                 "Lefèvre",
                                 "Le Gall",
                                 "Garnier",
                                 "Benali",
                                 "Rousseau",
                                 "Perrin",
                                 "Diallo",
                                 "Fontaine",
                                 "Chevalier",
                                 "Masson",
                                 "Guérin",
                                 "Colin",
                                 "Marchand",
                                 "Barbier",
                                 "Renaud"};
constexpr Words kEnglishFirst[] = {"Helen",
                                   "James",
                                   "Priya",
                                   "Owen",
                                   "Rachel",
                                   "Daniel",
                                   "Aoife",
                                   "Marcus",
                                   "Gemma",
                                   "Stuart",
                                   "Niamh",
                                   "Grace"};
constexpr Words kEnglishLast[] = {"Harding",
                                  "Osborne",
                                  "Patel",
                                  "Fletcher",
                                  "Byrne",
                                  "Whitaker",
                                  "Doyle",
                                  "Sinclair",
                                  "Barlow",
                                  "Nolan",
                                  "Preston",
                                  "Hughes"};
constexpr Words kGermanFirst[] = {"Anja", "Stefan", "Katrin", "Jürgen", "Miriam", "Tobias"};
constexpr Words kGermanLast[] = {"Brandt", "Köhler", "Vogel", "Lindner", "Schäfer", "Wolff"};

constexpr Words kFrenchTrades[] = {
    "Brasserie",      "Traiteur", "Hôtel",        "Boulangerie",    "Cantines",
    "Restauration",   "Auberge",  "Pâtisserie",   "Résidences",     "Clinique",
    "Camping",        "Bistrot",  "Cuisines",     "Distribution",   "Les Tables de",
    "Épicerie",       "Halles",   "Crêperie",     "Établissements", "Fromagerie",
    "Grands Buffets", "Maison",   "Poissonnerie", "Thermes"};
constexpr Words kFrenchWords[] = {
    "Orvenne",   "Lussandre",  "Corvignan",   "Galvenne",     "Mirandelle", "Pontavel",
    "Drouhaut",  "Tolmarin",   "Uzelande",    "Hautrivel",    "Jonvale",    "Quérigny",
    "Nantrève",  "Valmondrin", "Sauvenière",  "Trémadoc",     "Vernadelle", "Kervadou",
    "Bastelle",  "Echenoy",    "Fontaillard", "Labrousselle", "Oulmière",   "Rochandelle",
    "Ysoline",   "Pradelin",   "Marsouvre",   "Vaudrillac",   "Armorel",    "Belcastre",
    "Cendrelle", "Dormevaux",  "Esclarmel",   "Florimagne",   "Grandolive", "Hermontal",
    "Isolandre", "Lormeray",   "Montaurelle", "Noirmelle"};
constexpr Words kFrenchForms[] = {"SAS", "SARL", "SA", "EURL", "SASU"};

constexpr Words kEnglishTrades[] = {"Inns",
                                    "Catering",
                                    "Hotels",
                                    "Bakeries",
                                    "Kitchens",
                                    "Fine Foods",
                                    "Care Homes",
                                    "Brewing",
                                    "Events",
                                    "Restaurants",
                                    "Contract Catering",
                                    "Delicatessens"};
constexpr Words kEnglishWords[] = {
    "Ashmerrow",   "Brindlecombe", "Calderwyke", "Dunmarrow",   "Elderfenn",   "Farrowmere",
    "Glenstrake",  "Harkendale",   "Inverlyth",  "Kestrelwick", "Larchmoor",   "Marlowden",
    "Nettlecroft", "Oakhaverley",  "Pendlemere", "Quillbarrow", "Ravenscombe", "Silverthwaite",
    "Thornhollow", "Wexmere",      "Yarrowfell", "Tarnwick"};
constexpr Words kBritishForms[] = {"Ltd", "Limited", "LLP", "plc"};
constexpr Words kIrishForms[] = {"Ltd", "DAC"};
constexpr Words kAmericanForms[] = {"LLC", "Inc."};

constexpr Words kGermanTrades[] = {
    "Gastronomie", "Hotelbetriebe", "Großküchen", "Bäckerei", "Catering", "Feinkost"};
constexpr Words kGermanWords[] = {"Altmarben",
                                  "Birkenrade",
                                  "Dornfelsen",
                                  "Eschwaldingen",
                                  "Föhrenthal",
                                  "Grünhagel",
                                  "Hasselrode",
                                  "Krähwinden",
                                  "Mühlgarten",
                                  "Wiesenborn"};
constexpr Words kGermanForms[] = {"GmbH", "GmbH & Co. KG", "AG"};
constexpr Words kBelgianForms[] = {"SRL", "SA"};

constexpr std::array<Country, 6> kCountries = {{
    {"FR",
     "fr",
     "EUR",
     "Europe/Paris",
     kFrenchTowns,
     kFrenchStreets,
     kFrenchFirst,
     kFrenchLast,
     kFrenchTrades,
     kFrenchWords,
     kFrenchForms,
     true},
    {"GB",
     "en-GB",
     "GBP",
     "Europe/London",
     kBritishTowns,
     kEnglishStreets,
     kEnglishFirst,
     kEnglishLast,
     kEnglishTrades,
     kEnglishWords,
     kBritishForms,
     false},
    {"IE",
     "en-IE",
     "EUR",
     "Europe/Dublin",
     kIrishTowns,
     kEnglishStreets,
     kEnglishFirst,
     kEnglishLast,
     kEnglishTrades,
     kEnglishWords,
     kIrishForms,
     false},
    {"DE",
     "en",
     "EUR",
     "Europe/Berlin",
     kGermanTowns,
     kGermanStreets,
     kGermanFirst,
     kGermanLast,
     kGermanTrades,
     kGermanWords,
     kGermanForms,
     false},
    {"BE",
     "fr-BE",
     "EUR",
     "Europe/Brussels",
     kBelgianTowns,
     kFrenchStreets,
     kFrenchFirst,
     kFrenchLast,
     kFrenchTrades,
     kFrenchWords,
     kBelgianForms,
     true},
    {"US",
     "en-US",
     "USD",
     "America/New_York",
     kAmericanTowns,
     kEnglishStreets,
     kEnglishFirst,
     kEnglishLast,
     kEnglishTrades,
     kEnglishWords,
     kAmericanForms,
     false},
}};

}  // namespace

const Country& country(std::string_view code) {
  for (const Country& one : kCountries) {
    if (one.code == code) return one;
  }
  ENCOURS_CHECK(false, "the sample knows this country");
  return kCountries.front();
}

}  // namespace encours::sample
