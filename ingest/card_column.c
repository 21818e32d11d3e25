/*
 * card_column.c - the names of our fields, and the headings that other people's tables have.
 */
#include "ingest/card_column.h"

#include "base/buffer.h"
#include "base/compiler.h"
#include "base/text.h"

static const char *const field_names[] = {
	[FIELD_NONE] = "none",
	[FIELD_NAME] = "name",
	[FIELD_PREFIX] = "prefix",
	[FIELD_GIVEN] = "given-name",
	[FIELD_ADDITIONAL] = "additional-name",
	[FIELD_FAMILY] = "family-name",
	[FIELD_SUFFIX] = "suffix",
	[FIELD_ADDRESS] = "address",
	[FIELD_PHONE] = "phone",
	[FIELD_COMPANY] = "company",
	[FIELD_OWNER] = "owner",
	[FIELD_SOURCE] = "source",
	[FIELD_NOTE] = "note",
	[FIELD_NOTE_LINE] = "note-line",
	[FIELD_DO_NOT_CONTACT] = "do-not-contact",
	[FIELD_ALIAS] = "alias",
};

/* Letters only, folded, each with a blank on both sides: "E-Mail 2 Address" is `emailaddress`. */
static const struct {
	enum card_field field;
	const char *words;
} headings[] = {
	{FIELD_NAME, " fullname displayname contact contactname contactperson person"
		     " vollständigername ansprechpartner kontakt"
		     " naam volledigenaam contactpersoon"
		     " nomcomplet nometprénom prénometnom "},
	{FIELD_GIVEN, " firstname forename givenname vorname voornaam prénom prenom "},
	{FIELD_ADDITIONAL, " middlename additionalname zweitervorname tussenvoegsel "},
	{FIELD_FAMILY, " lastname surname familyname nachname familienname achternaam familienaam"
		       " nom nomdefamille "},
	{FIELD_ADDRESS, " email emails mail mailaddress mailaddresses emailaddress emailaddresses"
			" primaryemail workemail businessemail emailwork addresses"
			" mailadresse emailadresse emailadressen"
			" mailadres emailadres emailadressen"
			" courriel courriels adressemail adresseemail adressecourriel"
			" adresseélectronique adresseelectronique mél "},
	{FIELD_PHONE, " phones telephone tel mobile mobilephone cell cellphone phonenumber"
		      " telephonenumber mobilenumber workphone businessphone homephone"
		      " telefon telefonnummer telefonnr mobil mobiltelefon mobilnummer handy"
		      " handynummer festnetz"
		      " telefoon telefoonnummer mobiel mobielnummer gsm"
		      " téléphone téléphoneportable telephoneportable portable"
		      " numérodetéléphone "},
	{FIELD_COMPANY, " companyname organisation organization organisationname organizationname"
			" organisationsname employer accountname account business"
			" firma firmenname firmenbezeichnung unternehmen"
			" bedrijf bedrijfsnaam organisatie organisatienaam"
			" société societe entreprise organisme raisonsociale "},
	{FIELD_OWNER, " contactowner "},
	{FIELD_SOURCE, " leadsource "},
	{FIELD_NOTE, " notes comment comments remark remarks"
		     " notiz notizen bemerkung bemerkungen kommentar"
		     " notitie notities opmerking opmerkingen"
		     " remarque remarques commentaire commentaires "},
};

const char *card_field_name(enum card_field field)
{
	return field_names[field];
}

enum card_field card_field_find(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(field_names); i++)
		if (span_equal_fold(span_trim(name), span_from(field_names[i])))
			return (enum card_field)i;
	return FIELD_UNKNOWN;
}

/* What is no letter of ASCII goes; letters beyond it stay. */
static struct span heading_key(struct arena *arena, struct span heading)
{
	struct span folded = text_fold(arena, heading);
	char *key = arena_array(arena, char, folded.size + 1);
	size_t size = 0;

	for (size_t i = 0; i < folded.size; i++) {
		unsigned char byte = (unsigned char)folded.data[i];

		if (byte >= 0x80 || (byte >= 'a' && byte <= 'z'))
			key[size++] = (char)byte;
	}
	return (struct span){key, size};
}

static bool has_word(const char *words, struct span key)
{
	struct span rest = span_from(words), word;

	while (key.size && span_next(&rest, ' ', &word))
		if (span_equal(word, key))
			return true;
	return false;
}

enum card_field card_field_of_heading(struct arena *arena, struct span heading)
{
	enum card_field own = card_field_find(heading);
	struct span key = heading_key(arena, heading);

	if (own != FIELD_UNKNOWN)
		return own;
	own = card_field_find(key); /* "Name:", "Phone 2" */
	if (own != FIELD_UNKNOWN)
		return own;
	for (size_t i = 0; i < ARRAY_COUNT(headings); i++)
		if (has_word(headings[i].words, key))
			return headings[i].field;
	return FIELD_UNKNOWN;
}

bool card_heading_leaves_family(struct arena *arena, struct span heading)
{
	return has_word(" vorname voornaam prénom prenom ", heading_key(arena, heading));
}
