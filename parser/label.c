#include "parser/label.h"

#define LABEL_BYTES_MAX	 40
#define MARKER_BYTES_MAX 120

#define LABEL(word, kind)                        \
	{                                        \
		(word), sizeof(word) - 1, (kind) \
	}
static const struct label_word {
	const char *word;
	size_t size;
	enum label_kind kind;
} label_words[] = {
	/* English */
	LABEL("From", LABEL_FROM),
	LABEL("To", LABEL_TO),
	LABEL("Cc", LABEL_CC),
	LABEL("Bcc", LABEL_BCC),
	LABEL("Date", LABEL_DATE),
	LABEL("Sent", LABEL_DATE),
	LABEL("Sent on", LABEL_DATE),
	LABEL("Subject", LABEL_SUBJECT),
	LABEL("Reply-To", LABEL_REPLY_TO),
	LABEL("Reply To", LABEL_REPLY_TO),
	LABEL("Attachments", LABEL_OTHER),
	LABEL("Attachment", LABEL_OTHER),
	LABEL("Importance", LABEL_OTHER),
	LABEL("Priority", LABEL_OTHER),
	LABEL("Organization", LABEL_OTHER),
	LABEL("Sender", LABEL_OTHER),
	LABEL("When", LABEL_OTHER),
	LABEL("Where", LABEL_OTHER),
	/* German */
	LABEL("Von", LABEL_FROM),
	LABEL("An", LABEL_TO),
	LABEL("Kopie", LABEL_CC),
	LABEL("Kopie (CC)", LABEL_CC),
	LABEL("Datum", LABEL_DATE),
	LABEL("Gesendet", LABEL_DATE),
	LABEL("Gesendet am", LABEL_DATE),
	LABEL("Betreff", LABEL_SUBJECT),
	LABEL("Antwort an", LABEL_REPLY_TO),
	LABEL("Anlagen", LABEL_OTHER),
	LABEL("Priorität", LABEL_OTHER),
	LABEL("Wichtigkeit", LABEL_OTHER),
	LABEL("Anhänge", LABEL_OTHER),
	/* Dutch */
	LABEL("Van", LABEL_FROM),
	LABEL("Aan", LABEL_TO),
	LABEL("Verzonden", LABEL_DATE),
	LABEL("Onderwerp", LABEL_SUBJECT),
	LABEL("Antwoord aan", LABEL_REPLY_TO),
	LABEL("Bijlagen", LABEL_OTHER),
	LABEL("Urgentie", LABEL_OTHER),
	/* French */
	LABEL("De", LABEL_FROM),
	LABEL("À", LABEL_TO),
	LABEL("A", LABEL_TO),
	LABEL("Pour", LABEL_TO),
	LABEL("Copie à", LABEL_CC),
	LABEL("Copie", LABEL_CC),
	LABEL("Envoyé", LABEL_DATE),
	LABEL("Envoyé le", LABEL_DATE),
	LABEL("Date d'envoi", LABEL_DATE),
	LABEL("Objet", LABEL_SUBJECT),
	LABEL("Sujet", LABEL_SUBJECT),
	LABEL("Répondre à", LABEL_REPLY_TO),
	LABEL("Pièces jointes", LABEL_OTHER),
	LABEL("Expéditeur", LABEL_FROM),
	LABEL("Destinataire", LABEL_TO),
	/* Spanish, Portuguese, Italian */
	LABEL("Para", LABEL_TO),
	LABEL("Fecha", LABEL_DATE),
	LABEL("Enviado", LABEL_DATE),
	LABEL("Enviado el", LABEL_DATE),
	LABEL("Asunto", LABEL_SUBJECT),
	LABEL("Enviada", LABEL_DATE),
	LABEL("Enviada em", LABEL_DATE),
	LABEL("Enviado em", LABEL_DATE),
	LABEL("Data", LABEL_DATE),
	LABEL("Assunto", LABEL_SUBJECT),
	LABEL("Da", LABEL_FROM),
	LABEL("Mittente", LABEL_FROM),
	LABEL("Destinatario", LABEL_TO),
	LABEL("Inviato", LABEL_DATE),
	LABEL("Oggetto", LABEL_SUBJECT),
	LABEL("Rispondi a", LABEL_REPLY_TO),
	LABEL("Responder a", LABEL_REPLY_TO),
	LABEL("CC n", LABEL_CC),
	LABEL("Copia", LABEL_CC),
	/* Danish, Norwegian, Swedish, Finnish */
	LABEL("Fra", LABEL_FROM),
	LABEL("Til", LABEL_TO),
	LABEL("Kopi", LABEL_CC),
	LABEL("Dato", LABEL_DATE),
	LABEL("Sendt", LABEL_DATE),
	LABEL("Emne", LABEL_SUBJECT),
	LABEL("Från", LABEL_FROM),
	LABEL("Till", LABEL_TO),
	LABEL("Kopia", LABEL_CC),
	LABEL("Skickat", LABEL_DATE),
	LABEL("Skickad", LABEL_DATE),
	LABEL("Ämne", LABEL_SUBJECT),
	LABEL("Lähettäjä", LABEL_FROM),
	LABEL("Vastaanottaja", LABEL_TO),
	LABEL("Kopio", LABEL_CC),
	LABEL("Päiväys", LABEL_DATE),
	LABEL("Päivämäärä", LABEL_DATE),
	LABEL("Lähetetty", LABEL_DATE),
	LABEL("Aihe", LABEL_SUBJECT),
	/* Polish, Czech, Slovak, Hungarian, Romanian, Croatian */
	LABEL("Od", LABEL_FROM),
	LABEL("Do", LABEL_TO),
	LABEL("DW", LABEL_CC),
	LABEL("Wysłano", LABEL_DATE),
	LABEL("Temat", LABEL_SUBJECT),
	LABEL("Komu", LABEL_TO),
	LABEL("Pro", LABEL_TO),
	LABEL("Datum", LABEL_DATE),
	LABEL("Odesláno", LABEL_DATE),
	LABEL("Předmět", LABEL_SUBJECT),
	LABEL("Pre", LABEL_TO),
	LABEL("Kópia", LABEL_CC),
	LABEL("Dátum", LABEL_DATE),
	LABEL("Odoslané", LABEL_DATE),
	LABEL("Predmet", LABEL_SUBJECT),
	LABEL("Feladó", LABEL_FROM),
	LABEL("Címzett", LABEL_TO),
	LABEL("Másolat", LABEL_CC),
	LABEL("Másolatot kap", LABEL_CC),
	LABEL("Elküldve", LABEL_DATE),
	LABEL("Küldve", LABEL_DATE),
	LABEL("Tárgy", LABEL_SUBJECT),
	LABEL("De la", LABEL_FROM),
	LABEL("Expeditorul", LABEL_FROM),
	LABEL("Expeditor", LABEL_FROM),
	LABEL("Către", LABEL_TO),
	LABEL("Destinatarul", LABEL_TO),
	LABEL("Dată", LABEL_DATE),
	LABEL("Trimis", LABEL_DATE),
	LABEL("Subiect", LABEL_SUBJECT),
	LABEL("Subiectul", LABEL_SUBJECT),
	LABEL("Šalje", LABEL_FROM),
	LABEL("Prima", LABEL_TO),
	LABEL("Za", LABEL_TO),
	LABEL("Poslano", LABEL_DATE),
	LABEL("Naslov", LABEL_SUBJECT),
	/* Russian, Ukrainian, Turkish */
	LABEL("От", LABEL_FROM),
	LABEL("От кого", LABEL_FROM),
	LABEL("Кому", LABEL_TO),
	LABEL("Копия", LABEL_CC),
	LABEL("Дата", LABEL_DATE),
	LABEL("Отправлено", LABEL_DATE),
	LABEL("Тема", LABEL_SUBJECT),
	LABEL("Від", LABEL_FROM),
	LABEL("Копія", LABEL_CC),
	LABEL("Надіслано", LABEL_DATE),
	LABEL("Kimden", LABEL_FROM),
	LABEL("Gönderen", LABEL_FROM),
	LABEL("Kime", LABEL_TO),
	LABEL("Bilgi", LABEL_CC),
	LABEL("Tarih", LABEL_DATE),
	LABEL("Gönderildi", LABEL_DATE),
	LABEL("Konu", LABEL_SUBJECT),
};

/* Stems of "forwarded message", lower case; a line has one of them between dashes or before a
 * colon. */
static const struct span forward_stems[] = {SPAN_INIT("forwarded message"),
	SPAN_INIT("forwarded by"), SPAN_INIT("weitergeleitet"), SPAN_INIT("doorgestuurd"),
	SPAN_INIT("transféré"), SPAN_INIT("réexpédié"), SPAN_INIT("message transmis"),
	SPAN_INIT("reenviad"), SPAN_INIT("inoltrat"), SPAN_INIT("encaminhad"),
	SPAN_INIT("reencaminhad"), SPAN_INIT("videresend"), SPAN_INIT("vidarebefordra"),
	SPAN_INIT("välitetty"), SPAN_INIT("edelleenl"), SPAN_INIT("przekazan"),
	SPAN_INIT("przekazywan"), SPAN_INIT("przesłan"), SPAN_INIT("přeposlan"),
	SPAN_INIT("přeposílan"), SPAN_INIT("preposlan"), SPAN_INIT("preposielan"),
	SPAN_INIT("továbbított"), SPAN_INIT("redirecționat"), SPAN_INIT("redirectat"),
	SPAN_INIT("retransmis"), SPAN_INIT("proslijeđen"), SPAN_INIT("prosleđen"),
	SPAN_INIT("пересла"), SPAN_INIT("пересыла"), SPAN_INIT("переадрес"), SPAN_INIT("iletilmiş"),
	SPAN_INIT("iletilen"), SPAN_INIT("yönlendirilen")};

static const struct span original_stems[] = {SPAN_INIT("original message"),
	SPAN_INIT("original-nachricht"), SPAN_INIT("originalnachricht"),
	SPAN_INIT("ursprüngliche nachricht"), SPAN_INIT("ursprungliche nachricht"),
	SPAN_INIT("oorspronkelijk bericht"), SPAN_INIT("oorspronkelijke bericht"),
	SPAN_INIT("origineel bericht"), SPAN_INIT("message d'origine"),
	SPAN_INIT("message d’origine"), SPAN_INIT("message original"), SPAN_INIT("message initial"),
	SPAN_INIT("mensaje original"), SPAN_INIT("mensagem original"),
	SPAN_INIT("messaggio originale"), SPAN_INIT("oprindelig meddelelse"),
	SPAN_INIT("oprindelig besked"), SPAN_INIT("opprinnelig melding"),
	SPAN_INIT("ursprungligt meddelande"), SPAN_INIT("originalmeddelande"),
	SPAN_INIT("alkuperäinen viesti"), SPAN_INIT("oryginalna wiadomość"),
	SPAN_INIT("původní zpráva"), SPAN_INIT("pôvodná správa"), SPAN_INIT("eredeti üzenet"),
	SPAN_INIT("mesaj original"), SPAN_INIT("исходное сообщение"), SPAN_INIT("orijinal ileti"),
	SPAN_INIT("reply message"), SPAN_INIT("original appointment"),
	SPAN_INIT("antwort nachricht")};

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

static bool is_dash(struct span text, size_t *size)
{
	*size = 1;
	if (text.size > 0 && memchr("-_=*#", text.data[0], 5))
		return true;
	*size = 3; /* en dash, em dash, horizontal bar */
	return span_starts(text, SPAN("\xe2\x80\x93")) || span_starts(text, SPAN("\xe2\x80\x94")) ||
	       span_starts(text, SPAN("\xe2\x80\x95"));
}

struct span label_skip_dashes(struct span text, size_t *count)
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
	int first = text.size > 0 ? text.data[0] | 0x20 : 0;

	for (size_t i = 0; i < ARRAY_COUNT(label_words); i++) {
		struct span word = {label_words[i].word, label_words[i].size};

		/* nearly all words fail on their first byte */
		if ((label_words[i].word[0] | 0x20) != first || word.size <= longest ||
			!span_starts_fold(text, word))
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
bool label_contains(struct span line, const struct span *stems, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_find_fold(line, stems[i]) >= 0)
			return true;
	return false;
}

bool label_is_forward_marker(struct span line, struct span *rest)
{
	struct span text = line_trim(line), inner;
	size_t dashes, more;

	*rest = (struct span){0};
	inner = label_skip_dashes(text, &dashes);
	if (dashes >= 2) {
		/* up to the dashes behind; Yahoo writes the header block on the same line */
		struct span end = inner;

		while (end.size > 0 && (label_skip_dashes(end, &more), more < 2))
			end = span_after(end, 1);
		struct span middle = span_part(inner, 0, inner.size - end.size);
		if (middle.size > MARKER_BYTES_MAX ||
			!label_contains(middle, forward_stems, ARRAY_COUNT(forward_stems)))
			return false;
		*rest = line_trim(label_skip_dashes(end, &more));
		return true;
	}
	return text.size <= MARKER_BYTES_MAX && span_ends(text, SPAN(":")) &&
	       label_contains(text, forward_stems, ARRAY_COUNT(forward_stems));
}

bool label_is_original_marker(struct span line)
{
	struct span text = line_trim(line);
	size_t dashes;

	if (text.size > MARKER_BYTES_MAX)
		return false;
	(void)label_skip_dashes(text, &dashes);
	return dashes >= 2 && label_contains(text, original_stems, ARRAY_COUNT(original_stems));
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
