#include "parser/label.h"

#define LABEL_BYTES_MAX	      40
#define MARKER_BYTES_MAX      120
#define ATTRIBUTION_LINES_MAX 5
#define ATTRIBUTION_BYTES_MAX 500

static const struct label_word {
	const char *word;
	enum label_kind kind;
} label_words[] = {
	/* English */
	{"From", LABEL_FROM},
	{"To", LABEL_TO},
	{"Cc", LABEL_CC},
	{"Bcc", LABEL_BCC},
	{"Date", LABEL_DATE},
	{"Sent", LABEL_DATE},
	{"Sent on", LABEL_DATE},
	{"Subject", LABEL_SUBJECT},
	{"Reply-To", LABEL_REPLY_TO},
	{"Reply To", LABEL_REPLY_TO},
	{"Attachments", LABEL_OTHER},
	{"Attachment", LABEL_OTHER},
	{"Importance", LABEL_OTHER},
	{"Priority", LABEL_OTHER},
	{"Organization", LABEL_OTHER},
	{"Sender", LABEL_OTHER},
	{"When", LABEL_OTHER},
	{"Where", LABEL_OTHER},
	/* German */
	{"Von", LABEL_FROM},
	{"An", LABEL_TO},
	{"Kopie", LABEL_CC},
	{"Kopie (CC)", LABEL_CC},
	{"Datum", LABEL_DATE},
	{"Gesendet", LABEL_DATE},
	{"Gesendet am", LABEL_DATE},
	{"Betreff", LABEL_SUBJECT},
	{"Antwort an", LABEL_REPLY_TO},
	{"Anlagen", LABEL_OTHER},
	{"Priorität", LABEL_OTHER},
	{"Wichtigkeit", LABEL_OTHER},
	{"Anhänge", LABEL_OTHER},
	/* Dutch */
	{"Van", LABEL_FROM},
	{"Aan", LABEL_TO},
	{"Verzonden", LABEL_DATE},
	{"Onderwerp", LABEL_SUBJECT},
	{"Antwoord aan", LABEL_REPLY_TO},
	{"Bijlagen", LABEL_OTHER},
	{"Urgentie", LABEL_OTHER},
	/* French */
	{"De", LABEL_FROM},
	{"À", LABEL_TO},
	{"A", LABEL_TO},
	{"Pour", LABEL_TO},
	{"Copie à", LABEL_CC},
	{"Copie", LABEL_CC},
	{"Envoyé", LABEL_DATE},
	{"Envoyé le", LABEL_DATE},
	{"Date d'envoi", LABEL_DATE},
	{"Objet", LABEL_SUBJECT},
	{"Sujet", LABEL_SUBJECT},
	{"Répondre à", LABEL_REPLY_TO},
	{"Pièces jointes", LABEL_OTHER},
	{"Expéditeur", LABEL_FROM},
	{"Destinataire", LABEL_TO},
	/* Spanish, Portuguese, Italian */
	{"Para", LABEL_TO},
	{"Fecha", LABEL_DATE},
	{"Enviado", LABEL_DATE},
	{"Enviado el", LABEL_DATE},
	{"Asunto", LABEL_SUBJECT},
	{"Enviada", LABEL_DATE},
	{"Enviada em", LABEL_DATE},
	{"Enviado em", LABEL_DATE},
	{"Data", LABEL_DATE},
	{"Assunto", LABEL_SUBJECT},
	{"Da", LABEL_FROM},
	{"Mittente", LABEL_FROM},
	{"Destinatario", LABEL_TO},
	{"Inviato", LABEL_DATE},
	{"Oggetto", LABEL_SUBJECT},
	{"Rispondi a", LABEL_REPLY_TO},
	{"Responder a", LABEL_REPLY_TO},
	{"CC n", LABEL_CC},
	{"Copia", LABEL_CC},
	/* Danish, Norwegian, Swedish, Finnish */
	{"Fra", LABEL_FROM},
	{"Til", LABEL_TO},
	{"Kopi", LABEL_CC},
	{"Dato", LABEL_DATE},
	{"Sendt", LABEL_DATE},
	{"Emne", LABEL_SUBJECT},
	{"Från", LABEL_FROM},
	{"Till", LABEL_TO},
	{"Kopia", LABEL_CC},
	{"Skickat", LABEL_DATE},
	{"Skickad", LABEL_DATE},
	{"Ämne", LABEL_SUBJECT},
	{"Lähettäjä", LABEL_FROM},
	{"Vastaanottaja", LABEL_TO},
	{"Kopio", LABEL_CC},
	{"Päiväys", LABEL_DATE},
	{"Päivämäärä", LABEL_DATE},
	{"Lähetetty", LABEL_DATE},
	{"Aihe", LABEL_SUBJECT},
	/* Polish, Czech, Slovak, Hungarian, Romanian, Croatian */
	{"Od", LABEL_FROM},
	{"Do", LABEL_TO},
	{"DW", LABEL_CC},
	{"Wysłano", LABEL_DATE},
	{"Temat", LABEL_SUBJECT},
	{"Komu", LABEL_TO},
	{"Pro", LABEL_TO},
	{"Datum", LABEL_DATE},
	{"Odesláno", LABEL_DATE},
	{"Předmět", LABEL_SUBJECT},
	{"Pre", LABEL_TO},
	{"Kópia", LABEL_CC},
	{"Dátum", LABEL_DATE},
	{"Odoslané", LABEL_DATE},
	{"Predmet", LABEL_SUBJECT},
	{"Feladó", LABEL_FROM},
	{"Címzett", LABEL_TO},
	{"Másolat", LABEL_CC},
	{"Másolatot kap", LABEL_CC},
	{"Elküldve", LABEL_DATE},
	{"Küldve", LABEL_DATE},
	{"Tárgy", LABEL_SUBJECT},
	{"De la", LABEL_FROM},
	{"Expeditorul", LABEL_FROM},
	{"Expeditor", LABEL_FROM},
	{"Către", LABEL_TO},
	{"Destinatarul", LABEL_TO},
	{"Dată", LABEL_DATE},
	{"Trimis", LABEL_DATE},
	{"Subiect", LABEL_SUBJECT},
	{"Subiectul", LABEL_SUBJECT},
	{"Šalje", LABEL_FROM},
	{"Prima", LABEL_TO},
	{"Za", LABEL_TO},
	{"Poslano", LABEL_DATE},
	{"Naslov", LABEL_SUBJECT},
	/* Russian, Ukrainian, Turkish */
	{"От", LABEL_FROM},
	{"От кого", LABEL_FROM},
	{"Кому", LABEL_TO},
	{"Копия", LABEL_CC},
	{"Дата", LABEL_DATE},
	{"Отправлено", LABEL_DATE},
	{"Тема", LABEL_SUBJECT},
	{"Від", LABEL_FROM},
	{"Копія", LABEL_CC},
	{"Надіслано", LABEL_DATE},
	{"Kimden", LABEL_FROM},
	{"Gönderen", LABEL_FROM},
	{"Kime", LABEL_TO},
	{"Bilgi", LABEL_CC},
	{"Tarih", LABEL_DATE},
	{"Gönderildi", LABEL_DATE},
	{"Konu", LABEL_SUBJECT},
};

/* Stems of "forwarded message", lower case; a line has one of them between dashes or before a
 * colon. */
static const char *const forward_stems[] = {"forwarded message", "forwarded by", "weitergeleitet",
	"doorgestuurd", "transféré", "réexpédié", "message transmis", "reenviad", "inoltrat",
	"encaminhad", "reencaminhad", "videresend", "vidarebefordra", "välitetty", "edelleenl",
	"przekazan", "przekazywan", "przesłan", "přeposlan", "přeposílan", "preposlan",
	"preposielan", "továbbított", "redirecționat", "redirectat", "retransmis", "proslijeđen",
	"prosleđen", "пересла", "пересыла", "переадрес", "iletilmiş", "iletilen", "yönlendirilen"};

static const char *const original_stems[] = {"original message", "original-nachricht",
	"originalnachricht", "ursprüngliche nachricht", "ursprungliche nachricht",
	"oorspronkelijk bericht", "oorspronkelijke bericht", "origineel bericht",
	"message d'origine", "message d’origine", "message original", "message initial",
	"mensaje original", "mensagem original", "messaggio originale", "oprindelig meddelelse",
	"oprindelig besked", "opprinnelig melding", "ursprungligt meddelande", "originalmeddelande",
	"alkuperäinen viesti", "oryginalna wiadomość", "původní zpráva", "pôvodná správa",
	"eredeti üzenet", "mesaj original", "исходное сообщение", "orijinal ileti", "reply message",
	"original appointment", "antwort nachricht"};

static const struct prefix_word {
	const char *word;
	enum label_prefix prefix;
} prefix_words[] = {
	{"Re", PREFIX_REPLY},
	{"Aw", PREFIX_REPLY},
	{"Antw", PREFIX_REPLY},
	{"Antwort", PREFIX_REPLY},
	{"Sv", PREFIX_REPLY},
	{"Ref", PREFIX_REPLY},
	{"R", PREFIX_REPLY},
	{"Rif", PREFIX_REPLY},
	{"Res", PREFIX_REPLY},
	{"Odp", PREFIX_REPLY},
	{"Vá", PREFIX_REPLY},
	{"Ynt", PREFIX_REPLY},
	{"Yan", PREFIX_REPLY},
	{"Rép", PREFIX_REPLY},
	{"Réf", PREFIX_REPLY},
	{"Betr", PREFIX_REPLY},
	{"RE/", PREFIX_REPLY},
	{"Fw", PREFIX_FORWARD},
	{"Fwd", PREFIX_FORWARD},
	{"Wg", PREFIX_FORWARD},
	{"Wtr", PREFIX_FORWARD},
	{"Tr", PREFIX_FORWARD},
	{"Doorst", PREFIX_FORWARD},
	{"Rv", PREFIX_FORWARD},
	{"I", PREFIX_FORWARD},
	{"Vs", PREFIX_FORWARD},
	{"Vb", PREFIX_FORWARD},
	{"Vl", PREFIX_FORWARD},
	{"Pd", PREFIX_FORWARD},
	{"Enc", PREFIX_FORWARD},
	{"Redir", PREFIX_FORWARD},
	{"Videresend", PREFIX_FORWARD},
	{"İlt", PREFIX_FORWARD},
	{"Ilt", PREFIX_FORWARD},
	{"Továbbítás", PREFIX_FORWARD},
	{"Továbbítva", PREFIX_FORWARD},
	{"Prosl", PREFIX_FORWARD},
	{"Fs", PREFIX_FORWARD},
};

/* Words at the front of an attribution line, and words one of which must follow. */
static const char *const attribution_leads[] = {"On ", "Am ", "Op ", "Le ", "El ", "Il ", "Em ",
	"Den ", "Dne ", "Dňa ", "Dana ", "W dniu ", "Dnia ", "Pe ", "La ", "Il giorno ", "In data ",
	"On:", "At ", "Vào ", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Op:", "Le:", "Пн",
	"Вт", "Ср", "Чт", "Пт", "Сб", "Вс", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "нд",
	"понедельник", "понеділок", "среда", "середа", "четвер", "пятница", "воскресенье", "неділя",
	"Em:", "Lø", "Fr", "Ma", "Ti", "On", "To", "Ke"};

static const char *const attribution_verbs[] = {"wrote", "writes", "schrieb", "geschrieben",
	"schreef", "geschreven", "a écrit", "a ecrit", "écrit", "escribió", "escribio",
	"ha scritto", "scrisse", "escreveu", "skrev", "kirjoitti", "napisał", "napsal", "napísal",
	"írta", "a scris", "napisao", "napisala", "je napisal", "пише", "написал", "написав",
	"yazdı", "şunları", "đã viết", "sent the following", "said", "写道", "schrieben"};

static const char *const closings[] = {"best regards", "kind regards", "warm regards",
	"warmest regards", "regards", "many thanks", "thanks", "thank you", "thx", "best wishes",
	"best", "all the best", "cheers", "sincerely", "yours sincerely", "yours faithfully",
	"yours truly", "yours", "cordially", "respectfully", "with best regards",
	"with kind regards", "take care", "ciao", "brgds", "rgds", "br", "kr", "warmly",
	"many thanks and best regards", "thanks and regards", "thanks again", "thanks in advance",
	"thanks & regards", "thanks, and regards", "talk soon", "sincerely yours", "love",
	"mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß",
	"mit freundlichem gruss", "freundliche grüße", "freundliche grüsse", "viele grüße",
	"viele grüsse", "liebe grüße", "beste grüße", "herzliche grüße", "schöne grüße",
	"schönen gruß", "viele liebe grüße", "grüße", "gruß", "gruss", "mfg", "lg", "vg",
	"mit besten grüßen", "mit herzlichen grüßen", "hochachtungsvoll", "vielen dank",
	"besten dank", "danke", "danke und gruß", "beste grüsse", "liebe grüsse",
	"met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet",
	"vriendelijke groeten", "met hartelijke groet", "hartelijke groet", "hartelijke groeten",
	"groeten", "groet", "groetjes", "mvg", "hoogachtend", "alvast bedankt", "bedankt",
	"cordialement", "bien cordialement", "très cordialement", "bien à vous", "bien à toi",
	"sincères salutations", "salutations", "meilleures salutations", "amicalement", "merci",
	"merci d'avance", "bonne journée", "bonne réception", "cdlt", "cdt",
	"avec mes meilleures salutations", "à bientôt", "saludos", "un saludo", "saludos cordiales",
	"atentamente", "un abrazo", "gracias", "cordiali saluti", "distinti saluti", "saluti",
	"un saluto", "grazie", "atenciosamente", "cumprimentos", "med vänliga hälsningar",
	"vänliga hälsningar", "mvh", "med venlig hilsen", "venlig hilsen", "hilsen", "vh",
	"med vennlig hilsen", "vennlig hilsen", "ystävällisin terveisin", "terveisin", "pozdrawiam",
	"z poważaniem", "s pozdravem", "s pozdravom"};

static const char *const devices[] = {"sent from ", "sent with ", "sent via ", "sent on the go",
	"get outlook for", "sent by ", "sent using ", "von meinem ", "gesendet von ",
	"gesendet mit ", "gesendet über ", "gesendet aus ", "diese nachricht wurde von mein",
	"outlook für ", "holen sie sich outlook", "verstuurd vanaf ", "verzonden vanaf ",
	"verzonden met ", "verstuurd met ", "verzonden vanuit ", "outlook voor ",
	"download outlook voor", "envoyé de mon ", "envoyé depuis ", "envoyé à partir de",
	"envoyé avec ", "télécharger outlook pour", "obtenez outlook pour", "enviado desde ",
	"enviado do meu", "enviado do ", "enviado a partir", "obtener outlook para", "inviato da ",
	"inviato dal mio", "ottieni outlook per", "skickat från min", "skickat från ",
	"sendt fra min", "sendt fra ", "lähetetty ", "wysłane z ", "odesláno z ", "отправлено с ",
	"отправлено из "};

static bool is_dash(struct span text, size_t *size)
{
	*size = 1;
	if (text.size > 0 && memchr("-_=*#", text.data[0], 5))
		return true;
	*size = 3; /* en dash, em dash, horizontal bar */
	return span_starts(text, SPAN("\xe2\x80\x93")) || span_starts(text, SPAN("\xe2\x80\x94")) ||
	       span_starts(text, SPAN("\xe2\x80\x95"));
}

static struct span skip_dashes(struct span text, size_t *count)
{
	size_t size;

	*count = 0;
	while (is_dash(text, &size)) {
		text = span_after(text, size);
		(*count)++;
	}
	return text;
}

/* White space as line_trim knows it, at the front only. */
static struct span skip_space(struct span text)
{
	struct span trimmed = line_trim(text);

	return trimmed.size == 0 ? trimmed : span_after(text, (size_t)(trimmed.data - text.data));
}

/* "…Datum :* …": what stands behind the colon; an empty data pointer when there is none. */
static struct span behind_colon(struct span text)
{
	while (span_starts(text, SPAN("*")) || span_starts(text, SPAN("_")))
		text = span_after(text, 1);
	text = skip_space(text);
	if (span_starts(text, SPAN(":")))
		text = span_after(text, 1);
	else if (span_starts(text, SPAN("\xef\xbc\x9a"))) /* U+FF1A */
		text = span_after(text, 3);
	else
		return (struct span){0};
	while (span_starts(text, SPAN("*")) || span_starts(text, SPAN("_")))
		text = span_after(text, 1);
	return text.data ? text : SPAN("");
}

/* The longest label at the front; *size is its length with what leads up to the colon. */
static enum label_kind label_at(struct span text, struct span *value)
{
	enum label_kind kind = LABEL_NONE;
	size_t longest = 0;

	for (size_t i = 0; i < ARRAY_COUNT(label_words); i++) {
		struct span word = span_from(label_words[i].word);

		if (word.size <= longest || !span_starts_fold(text, word))
			continue;
		struct span behind = behind_colon(span_after(text, word.size));
		if (!behind.data)
			continue;
		kind = label_words[i].kind;
		longest = word.size;
		*value = behind;
	}
	return kind;
}

enum label_kind label_of(struct span line, struct span *value)
{
	struct span text = line_trim(line);

	if (span_find_byte(span_part(text, 0, LABEL_BYTES_MAX), ':') < 0 &&
		span_find(span_part(text, 0, LABEL_BYTES_MAX), SPAN("\xef\xbc\x9a")) < 0)
		return LABEL_NONE;
	while (text.size > 0 && memchr("*_|", text.data[0], 3))
		text = span_after(text, 1);
	text = skip_space(text);
	enum label_kind kind = text.size > 0 ? label_at(text, value) : LABEL_NONE;
	if (kind != LABEL_NONE)
		*value = line_trim(*value);
	return kind;
}

enum label_kind label_inside(struct span line, size_t from, size_t *begin, size_t *value)
{
	for (size_t i = from; i < line.size; i++) {
		struct span behind;

		if (i > 0 && line.data[i - 1] >= 'a' && line.data[i - 1] <= 'z')
			continue;
		/* inside a character of several bytes nothing begins */
		if (((unsigned char)line.data[i] & 0xc0) == 0x80)
			continue;
		enum label_kind kind = label_at(span_after(line, i), &behind);
		if (kind == LABEL_NONE || !span_starts(behind, SPAN(" ")))
			continue;
		*begin = i;
		*value = (size_t)(behind.data - line.data);
		return kind;
	}
	return LABEL_NONE;
}

/* ASCII letters without case, the others as mail programs write them. */
static bool contains_stem(struct span line, const char *const *stems, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_find_fold(line, span_from(stems[i])) >= 0)
			return true;
	return false;
}

bool label_is_forward_marker(struct span line, struct span *rest)
{
	struct span text = line_trim(line), inner;
	size_t dashes, more;

	*rest = (struct span){0};
	inner = skip_dashes(text, &dashes);
	if (dashes >= 2) {
		/* up to the dashes behind; Yahoo writes the header block on the same line */
		struct span end = inner;

		while (end.size > 0 && (skip_dashes(end, &more), more < 2))
			end = span_after(end, 1);
		struct span middle = span_part(inner, 0, inner.size - end.size);
		if (middle.size > MARKER_BYTES_MAX ||
			!contains_stem(middle, forward_stems, ARRAY_COUNT(forward_stems)))
			return false;
		*rest = line_trim(skip_dashes(end, &more));
		return true;
	}
	return text.size <= MARKER_BYTES_MAX && span_ends(text, SPAN(":")) &&
	       contains_stem(text, forward_stems, ARRAY_COUNT(forward_stems));
}

bool label_is_original_marker(struct span line)
{
	struct span text = line_trim(line);
	size_t dashes;

	if (text.size > MARKER_BYTES_MAX)
		return false;
	(void)skip_dashes(text, &dashes);
	return dashes >= 2 && contains_stem(text, original_stems, ARRAY_COUNT(original_stems));
}

enum label_prefix label_subject_prefix(struct span subject, struct span *rest)
{
	struct span text = line_trim(subject);

	*rest = text;
	if (span_starts(text, SPAN("["))) { /* "[Fwd: subject]" */
		struct span inner = span_after(text, 1);

		if (label_subject_prefix(inner, rest) == PREFIX_FORWARD) {
			if (span_ends(*rest, SPAN("]")))
				rest->size--;
			return PREFIX_FORWARD;
		}
		*rest = text;
		return PREFIX_NONE;
	}
	for (size_t i = 0; i < ARRAY_COUNT(prefix_words); i++) {
		struct span word = span_from(prefix_words[i].word);

		if (!span_starts_fold(text, word))
			continue;
		struct span behind = span_after(text, word.size);
		if (span_starts(behind, SPAN("[")) || span_starts(behind, SPAN("("))) { /* Re[2] */
			ptrdiff_t close = span_find_byte(behind, behind.data[0] == '[' ? ']' : ')');
			if (close > 0 && close < 5)
				behind = span_after(behind, (size_t)close + 1);
		}
		if (span_starts(behind, SPAN(".")))
			behind = span_after(behind, 1);
		behind = skip_space(behind);
		if (!span_starts(behind, SPAN(":")))
			continue;
		*rest = line_trim(span_after(behind, 1));
		return prefix_words[i].prefix;
	}
	return PREFIX_NONE;
}

static bool has_digit(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= '0' && text.data[i] <= '9')
			return true;
	return false;
}

static bool begins_attribution(struct span text)
{
	if (text.size > 0 && text.data[0] >= '0' && text.data[0] <= '9')
		return true;
	/* asked of every line: the first byte, without its case bit, mostly says no */
	for (size_t i = 0; text.size > 0 && i < ARRAY_COUNT(attribution_leads); i++)
		if ((text.data[0] | 0x20) == (attribution_leads[i][0] | 0x20) &&
			span_starts_fold(text, span_from(attribution_leads[i])))
			return true;
	return false;
}

/* "12:46": an hour and a minute. */
static bool has_time(struct span text)
{
	for (size_t i = 1; i + 2 < text.size; i++)
		if (text.data[i] == ':' && has_digit(span_part(text, i - 1, 1)) &&
			has_digit(span_part(text, i + 1, 1)) &&
			has_digit(span_part(text, i + 2, 1)))
			return true;
	return false;
}

/* "2012/4/3 Anna <a@b.example>", as Gmail once wrote it, with or without a colon */
static bool is_dated_address(struct span text)
{
	return text.size > 10 && has_digit(span_part(text, 0, 1)) &&
	       has_digit(span_part(text, 3, 1)) && memchr("/-", text.data[4], 2) &&
	       span_find_byte(text, '<') > 0 &&
	       (span_ends(text, SPAN(">")) || span_ends(text, SPAN(">:")));
}

/* The joined text is a whole attribution: who, when, "wrote", a colon at the end. */
static bool is_attribution(struct span text, bool dashed_begin)
{
	struct span bare = line_trim(text);

	while (bare.size > 0 && memchr("-*_ ", bare.data[bare.size - 1], 4))
		bare = span_part(bare, 0, bare.size - 1);
	bool colon = span_ends(bare, SPAN(":")) || span_ends(bare, SPAN("\xef\xbc\x9a"));
	bool dashed = dashed_begin && bare.size + 1 < text.size;
	/* looked for only where it counts: most lines are no attribution */
	bool verb = (colon || dashed) &&
		    contains_stem(bare, attribution_verbs, ARRAY_COUNT(attribution_verbs));
	bool address = span_find_byte(bare, '@') > 0;
	if (dashed && verb) /* "---- Anna wrote ----" */
		return true;
	if (is_dated_address(bare))
		return true;
	if (!colon)
		return false;
	if (verb)
		return begins_attribution(bare) ? has_digit(bare) || address : address;
	return address && span_find_byte(bare, '<') > 0 && begins_attribution(bare) &&
	       has_time(bare);
}

/* "Anna <a@b.example> …": an attribution may begin with the person. */
static bool begins_with_person(struct span line)
{
	ptrdiff_t open = span_find_byte(line, '<'), at = span_find_byte(line, '@');

	return open >= 0 && at > open && open <= LABEL_BYTES_MAX;
}

size_t label_attribution(const struct lines *lines, size_t at)
{
	char joined[ATTRIBUTION_BYTES_MAX];
	size_t size = 0, dashes = 0;

	for (size_t i = at; i < lines->count && i - at < ATTRIBUTION_LINES_MAX; i++) {
		struct span line = line_trim(lines->items[i]);

		if (i == at) {
			line = line_trim(skip_dashes(line, &dashes));
			if (dashes < 2 && !begins_attribution(line) && !begins_with_person(line))
				return 0;
		}
		if (line.size == 0 || size + line.size + 1 > sizeof(joined))
			return 0;
		if (size > 0)
			joined[size++] = ' ';
		memcpy(joined + size, line.data, line.size);
		size += line.size;
		if (is_attribution((struct span){joined, size}, dashes >= 2))
			return i - at + 1;
	}
	return 0;
}

bool label_is_closing(struct span line)
{
	struct span text = line_trim(line);

	while (text.size > 0 && memchr(",.!;:-*", text.data[text.size - 1], 7))
		text = span_part(text, 0, text.size - 1);
	while (text.size > 0 && memchr("*-", text.data[0], 2))
		text = span_after(text, 1);
	text = line_trim(text);
	for (size_t i = 0; i < ARRAY_COUNT(closings); i++)
		if (span_equal_fold(text, span_from(closings[i])))
			return true;
	return false;
}

bool label_is_device(struct span line)
{
	struct span text = line_trim(line);

	if (text.size > MARKER_BYTES_MAX)
		return false;
	while (text.size > 0 && memchr("[(*_-", text.data[0], 5))
		text = span_after(text, 1);
	for (size_t i = 0; i < ARRAY_COUNT(devices); i++)
		if (span_starts_fold(text, span_from(devices[i])))
			return true;
	return false;
}
