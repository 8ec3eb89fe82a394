"""What columns are usually called, in several languages. Data for guessing; pure.

Names are compared folded: without case, accents, and anything but letters and digits.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple

from graph_cdp.normalise.shapes import is_email, is_hash, is_international_phone, is_phone, is_token, is_uuid


class KnownIdentifier(NamedTuple):
    """A kind of identifier: in words, what columns of it are called, the namespaces it may belong to, best first.

    `looks` tells whether a value has its form; None where there is no telling. `part`: a longer name that holds it
    and whose values have the form is taken, too. `unmistakable` tells by a value alone, whatever the name. `trait`
    is what it becomes where the policy has no such namespace.
    """

    words: str
    columns: frozenset[str]
    namespaces: tuple[str, ...]
    looks: Callable[[object], bool] | None = None
    part: re.Pattern[str] | None = None
    unmistakable: Callable[[object], bool] | None = None
    trait: str | None = None


def folded(name: str) -> str:
    """A name as it is compared: `E-Mail Adresse` and `emailAdresse` are both `emailadresse`."""
    decomposed = unicodedata.normalize("NFKD", name.replace("ß", "ss")).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum())


def words_of(name: str) -> list[str]:
    """The words of a name: `storePhone_2` gives `store`, `phone`, `2`."""
    return [word.casefold() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _is_hash_or_uuid(value: object) -> bool:
    return is_hash(value) or is_uuid(value)


IDENTIFIERS: Final = (
    KnownIdentifier(
        "a hashed e-mail address",
        _names("emailsha256 emailmd5 emailsha1 emailhash hashedemail emailhashed sha256email hashemail hem mailhash"),
        ("email_sha256", "hashed_email", "email_hash", "email_md5", "hem"),
        is_hash,
    ),
    KnownIdentifier(
        "an e-mail address",
        _names(
            "email mail emailaddress mailaddress emailadresse mailadresse emailid courriel adressemail adresseemail"
            " correo correoelectronico postaelettronica indirizzoemail epost epostadress eposta enderecoemail"
        ),
        ("email", "email_address", "e_mail", "mail"),
        is_email,
        re.compile("mail|courriel|correo|epost"),
        is_email,
        "email",
    ),
    KnownIdentifier(
        "a phone number",
        _names(
            "phone phonenumber telephone telephonenumber tel telno telnr telefon telefonnummer telefono telefone"
            " telefoonnummer numerodetelephone numtel portable mobile mobil mobilenumber mobileno mobilephone"
            " mobiltelefon mobilnummer handy handynummer rufnummer cell cellphone cellnumber cellulare celular movil"
            " mobiel gsm msisdn"
        ),
        ("phone", "phone_number", "telephone", "mobile", "msisdn"),
        is_phone,
        re.compile("phone|telef|mobil|handynummer|cellnumber|celular|msisdn"),
        is_international_phone,
        "phone",
    ),
    KnownIdentifier(
        "a customer number",
        _names(
            "crmid customerid customernumber customerno custid custno clientnumber kundennummer kundennr kundenid kdnr"
            " numeroclient numclient idclient idcliente numerocliente codicecliente klantnummer klantid kundnummer"
            " contactid salesforceid hubspotid"
        ),
        ("customer_id", "crm_id", "customer", "crm"),
    ),
    KnownIdentifier(
        "the id of a login",
        _names("userid uid loginid login benutzerid nutzerid idutilisateur idusuario idutente gebruikersid"),
        ("user_id", "user", "login_id", "login"),
    ),
    KnownIdentifier(
        "a loyalty card",
        _names(
            "loyaltyid loyaltycard loyaltynumber loyaltycardnumber kundenkarte kundenkartennummer cartefidelite"
            " tarjetafidelidad cartafedelta klantenkaart memberid membershipnumber mitgliedsnummer"
        ),
        ("loyalty_id", "loyalty", "loyalty_card", "member_id"),
    ),
    KnownIdentifier(
        "a visitor before the login",
        _names("anonymousid anonid visitorid ajsanonymousid besucherid"),
        ("anonymous_id", "anonymous", "visitor_id", "cookie", "cookie_id"),
    ),
    KnownIdentifier(
        "a cookie",
        _names("cookie cookieid browserid gaclientid firstpartycookie"),
        ("cookie", "cookie_id", "browser_id"),
        is_token,
    ),
    KnownIdentifier(
        "a device",
        _names("device deviceid deviceuuid geraeteid gerateid idfv androidid"),
        ("device", "device_id"),
        is_token,
    ),
    KnownIdentifier("Apple's advertising id", _names("idfa"), ("idfa", "maid", "advertising_id", "ad_id"), is_uuid),
    KnownIdentifier(
        "Google's advertising id",
        _names("gaid aaid googleadvertisingid androidadvertisingid"),
        ("gaid", "aaid", "maid", "advertising_id", "ad_id"),
        is_uuid,
    ),
    KnownIdentifier(
        "an advertising id",
        _names("maid advertisingid adid ifa rdid"),
        ("maid", "advertising_id", "ad_id"),
        _is_hash_or_uuid,
    ),
    KnownIdentifier(
        "a number given by the state",
        _names(
            "socsecid ssn socialsecuritynumber nationalid nationalidnumber nationalinsurancenumber nino nhsnumber"
            " personnummer steuerid taxid cpf dni nif bsn codicefiscale pesel sozialversicherungsnummer svnr"
        ),
        ("national_id", "ssn", "soc_sec_id", "tax_id"),
    ),
)

TRAITS: Final = {
    "first_name": _names(
        "firstname givenname forename fname vorname vornamen prenom prenoms nombre nombres primernombre nome primonome"
        " voornaam fornamn imie"
    ),
    "middle_name": _names("middlename middleinitial zweitername deuxiemeprenom segundonombre"),
    "last_name": _names(
        "lastname surname familyname lname nachname familienname nom nomdefamille apellido apellidos cognome sobrenome"
        " achternaam efternamn nazwisko"
    ),
    "full_name": _names("fullname name displayname vollername nomcomplet nombrecompleto nomecompleto volledigenaam"),
    "salutation": _names("salutation anrede civilite tratamiento aanhef"),
    "birth_date": _names(
        "dateofbirth dob born birthdate birthday birth bday geburtsdatum geburtstag datenaissance datedenaissance"
        " fechanacimiento fechadenacimiento datanascita datadinascita datanascimento datadenascimento geboortedatum"
        " fodelsedatum dataurodzenia"
    ),
    "birth_place": _names("birthplace placeofbirth geburtsort lieudenaissance lugardenacimiento luogodinascita"),
    "gender": _names("gender sex geschlecht sexe sexo genero genere sesso geslacht kon plec"),
    "street": _names("street streetname strasse rue calle via straat gata rua ulica"),
    "street_number": _names("streetnumber streetno housenumber houseno housenr hausnummer hausnr huisnummer"),
    "address": _names("address streetaddress adresse anschrift direccion indirizzo endereco adres domicilio"),
    "address_1": _names("address1 addressline1 adresse1"),
    "address_2": _names("address2 addressline2 adresse2 adresszusatz"),
    "suburb": _names("suburb district stadtteil quartier barrio"),
    "city": _names("city town ort stadt wohnort ville ciudad citta cidade plaats woonplaats stad miasto"),
    "postal_code": _names("postalcode postcode zip zipcode plz postleitzahl codepostal codigopostal cep"),
    "state": _names("state province bundesland provincia estado"),
    "country": _names("country countrycode countryname land pays pais paese kraj"),
    "company": _names("company companyname organisation organization firma entreprise empresa azienda bedrijf"),
    "occupation": _names("occupation jobtitle beruf profession profesion professione beroep"),
    "language": _names("language locale sprache langue idioma lingua taal"),
}

TIMES: Final = (
    _names("timestamp eventtime eventtimestamp eventdate occurredat originaltimestamp zeitstempel zeitpunkt ts"),
    _names("time datetime datumzeit orderdate purchasedate transactiondate visitedat bestelldatum"),
    _names("updatedat lastmodified lastmodifieddate modifiedat lastupdated updated aktualisiertam changedat"),
    _names(
        "createdat created createddate creationdate signupdate registeredat registrationdate joinedat erstelltam"
        " anlagedatum fechaalta datecreation"
    ),
    _names("date datum fecha"),
)
"""Columns with the event's time, the likeliest first."""

BIRTH: Final = re.compile("birth|^born|bday|dob$|geburt|naissance|nacimiento|nascita|nascimento|geboorte|fodels|urodz")
"""Names of columns that are never an event's time."""

EVENT_IDS: Final = _names("messageid messageuuid eventid eventuuid")
EVENT_NAMES: Final = _names("event eventname ereignis evenement evento")
EVENT_TYPES: Final = _names("identify track page screen group alias")
SOURCES: Final = _names("source sourcesystem sourcedataset datasource quelle quellsystem")

RECORDS: Final = _names(
    "id uuid guid pk key index hash uniqueid recid recordid rowid rownumber rowno unnamed0 column1 seq sequence"
)
"""Keys of the export itself: they number its records."""

GROUPS: Final = _names("cluster label truth groundtruth true match group entity person household family")
"""Words in keys of a known truth: they name a group that nobody observed."""

KEYS: Final = RECORDS | _names("cluster clusterid label groundtruth matchid")
"""Keys that tell nothing of whom they name."""

KEY_ENDINGS: Final = _names("id ids uuid guid key nr no number num ref code")

DOINGS: Final = _names(
    "orderid ordernumber amount price quantity qty currency sku product productid productname category url page path"
    " referrer referer useragent ip ipaddress session sessionid total revenue invoice channel campaign"
)
"""What an event is about rather than whom."""

OTHERS: Final = _names(
    "referrer referred friend agent owner manager sender recipient parent guardian partner spouse emergency employee"
    " staff support store shop supplier vendor seller advisor rep reply from to cc"
)
"""Words that make an address or a phone number somebody else's."""
