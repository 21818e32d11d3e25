/* Bounces of servers that write for people only: qmail, Exim, Sendmail, Exchange, Gmail, … */
#include "parser/bounce.h"

#include "base/text.h"
#include "parser/bounce_code.h"
#include "parser/limits.h"
#include "parser/lines.h"

#define SAID_BYTES	 (8u << 10) /* of the text that is searched for a server's words */
#define READ_LINES_MAX	 400
#define REASON_BYTES_MAX 1000
#define REASON_LINES_MAX 12

/* What servers say, by language, each in one of its forms. */
static const struct span phrases[] = {SPAN_INIT("could not be delivered"),
	SPAN_INIT("couldn't be delivered"), SPAN_INIT("cannot be delivered"),
	SPAN_INIT("can't be delivered"), SPAN_INIT("was not delivered"),
	SPAN_INIT("wasn't delivered"), SPAN_INIT("not been delivered"),
	SPAN_INIT("unable to deliver"), SPAN_INIT("wasn't able to deliver"),
	SPAN_INIT("not able to deliver"), SPAN_INIT("error delivering your mail"),
	SPAN_INIT("delivery to the following"), SPAN_INIT("delivery has failed"),
	SPAN_INIT("delivery failed"), SPAN_INIT("failed permanently"),
	SPAN_INIT("did not reach the following"), SPAN_INIT("address(es) failed"),
	SPAN_INIT("no valid recipients"), SPAN_INIT("while trying to deliver"),
	SPAN_INIT("while attempting to deliver"), SPAN_INIT("mail delivery system"),
	SPAN_INIT("undeliverable"), SPAN_INIT("undelivered"), SPAN_INIT("user unknown"),
	SPAN_INIT("unknown user"), SPAN_INIT("returned to sender"), SPAN_INIT("returned mail"),
	SPAN_INIT("returning to sender"), SPAN_INIT("rcpt to:<"),
	SPAN_INIT("transcript of session"), SPAN_INIT("recipients was rejected"),
	SPAN_INIT("mailbox is ful"), SPAN_INIT("nicht zugestellt werden"),
	SPAN_INIT("unzustellbar"), SPAN_INIT("kon niet worden bezorgd"),
	SPAN_INIT("niet worden afgeleverd"), SPAN_INIT("pas pu être remis"),
	SPAN_INIT("n'a pas pu être"), SPAN_INIT("no se ha podido entregar"),
	SPAN_INIT("送信できませんでした"), SPAN_INIT("配信できません"), SPAN_INIT("送信に失敗"),
	SPAN_INIT("не может быть доставлено"), SPAN_INIT("could not be sent"),
	SPAN_INIT("could not deliver"), SPAN_INIT("couldn't deliver"), SPAN_INIT("cannot deliver"),
	SPAN_INIT("can't deliver"), SPAN_INIT("failed to deliver"), SPAN_INIT("did not deliver"),
	SPAN_INIT("not able to be delivered"), SPAN_INIT("could not be reached"),
	SPAN_INIT("couldn't be reached"), SPAN_INIT("did not reach some or all"),
	SPAN_INIT("not yet been delivered"), SPAN_INIT("has been delayed"),
	SPAN_INIT("still undelivered"), SPAN_INIT("delivery is delayed"), SPAN_INIT("delayed mail"),
	SPAN_INIT("have been rejected"), SPAN_INIT("was rejected"),
	SPAN_INIT("message delivery failure"), SPAN_INIT("delivery failure"),
	SPAN_INIT("delivery error"), SPAN_INIT("delivery has been"), SPAN_INIT("delivery problem"),
	SPAN_INIT("permanent failure"), SPAN_INIT("permanent error"), SPAN_INIT("fatal error"),
	SPAN_INIT("non-deliverable"), SPAN_INIT("address not found"), SPAN_INIT("address rejected"),
	SPAN_INIT("invalid recipient"), SPAN_INIT("recipient not found"), SPAN_INIT("no such user"),
	SPAN_INIT("mailbox not found"), SPAN_INIT("mailbox unavailable"), SPAN_INIT("mailbox full"),
	SPAN_INIT("quota exceeded"), SPAN_INIT("over quota"), SPAN_INIT("message blocked"),
	SPAN_INIT("trouble delivering"), SPAN_INIT("had delivery"), SPAN_INIT("nicht zugestellt"),
	SPAN_INIT("nicht übermittelt"), SPAN_INIT("zustellung fehlgeschlagen"),
	SPAN_INIT("zustellung ist fehlgeschlagen"), SPAN_INIT("fehler bei der zustellung"),
	SPAN_INIT("nicht zustellen"), SPAN_INIT("konnten nicht erreicht"),
	SPAN_INIT("empfänger nicht erreicht"), SPAN_INIT("adresse nicht gefunden"),
	SPAN_INIT("verzögert"), SPAN_INIT("niet worden bezorgd"), SPAN_INIT("niet bezorgd"),
	SPAN_INIT("niet afgeleverd"), SPAN_INIT("bezorging aan de volgende"),
	SPAN_INIT("bezorgen is mislukt"), SPAN_INIT("niet worden gevonden"),
	SPAN_INIT("adres niet gevonden"), SPAN_INIT("onbestelbaar"),
	SPAN_INIT("échec de la remise"), SPAN_INIT("n'a pas été remis"),
	SPAN_INIT("n’a pas été remis"), SPAN_INIT("n'a pu être"), SPAN_INIT("n’a pu être"),
	SPAN_INIT("n’a pas pu être"), SPAN_INIT("impossible de remettre"), SPAN_INIT("non remis"),
	SPAN_INIT("remise impossible"), SPAN_INIT("non distribué"),
	SPAN_INIT("adresse introuvable"), SPAN_INIT("erreur de remise"),
	SPAN_INIT("no se pudo entregar"), SPAN_INIT("no se ha entregado"),
	SPAN_INIT("no entregado"), SPAN_INIT("no se puede entregar"), SPAN_INIT("error de entrega"),
	SPAN_INIT("error en la entrega"), SPAN_INIT("no se encontró la dirección"),
	SPAN_INIT("dirección no encontrada"), SPAN_INIT("não foi entregue"),
	SPAN_INIT("não pôde ser entregue"), SPAN_INIT("não entregue"),
	SPAN_INIT("não foi possível entregar"), SPAN_INIT("falha na entrega"),
	SPAN_INIT("destinatários ou grupos falhou"), SPAN_INIT("falha ao entregar"),
	SPAN_INIT("endereço não encontrado"), SPAN_INIT("impossibile recapitare"),
	SPAN_INIT("non è stato recapitato"), SPAN_INIT("mancato recapito"),
	SPAN_INIT("mancata consegna"), SPAN_INIT("non consegnat"),
	SPAN_INIT("non è stato possibile consegnare"), SPAN_INIT("indirizzo non trovato"),
	SPAN_INIT("nie mogła zostać dostarczona"), SPAN_INIT("nie została dostarczona"),
	SPAN_INIT("niedostarczona"), SPAN_INIT("nie można dostarczyć"),
	SPAN_INIT("nie udało się dostarczyć"), SPAN_INIT("nie dostarczono"),
	SPAN_INIT("inte levereras"), SPAN_INIT("inte att leverera"),
	SPAN_INIT("kunde inte leverera"), SPAN_INIT("ikke leveres"), SPAN_INIT("ikke levert"),
	SPAN_INIT("ikke leveret"), SPAN_INIT("kunne ikke leverer"), SPAN_INIT("ei voitu toimittaa"),
	SPAN_INIT("toimitus epäonnistui"), SPAN_INIT("ei onnistunut"), SPAN_INIT("nelze doručit"),
	SPAN_INIT("nebylo doručeno"), SPAN_INIT("nedoručiteln"), SPAN_INIT("nedoručen"),
	SPAN_INIT("nemohla být doručena"), SPAN_INIT("nemohla byť doručená"),
	SPAN_INIT("nedoručiteľn"), SPAN_INIT("kézbesíthetetlen"), SPAN_INIT("nem kézbesíthető"),
	SPAN_INIT("nem sikerült kézbesíteni"), SPAN_INIT("nu a putut fi livrat"),
	SPAN_INIT("nu a fost livrat"), SPAN_INIT("nelivrat"), SPAN_INIT("nije moguće isporučiti"),
	SPAN_INIT("nije isporučen"), SPAN_INIT("nedostavljiv"),
	SPAN_INIT("ni bilo mogoče dostaviti"), SPAN_INIT("не доставлено"),
	SPAN_INIT("не было доставлено"), SPAN_INIT("не может быть отправлено"),
	SPAN_INIT("недоставлен"), SPAN_INIT("не удалось доставить"),
	SPAN_INIT("невозможно доставить"), SPAN_INIT("не вдалося доставити"),
	SPAN_INIT("teslim edilemedi"), SPAN_INIT("iletilemedi"), SPAN_INIT("ulaştırılamadı"),
	SPAN_INIT("δεν παραδόθηκε"), SPAN_INIT("δεν ήταν δυνατή η παράδοση"),
	SPAN_INIT("nepristatyt"), SPAN_INIT("nav piegādāt"), SPAN_INIT("配信不能"),
	SPAN_INIT("配信できませんでした"), SPAN_INIT("届けることができません"),
	SPAN_INIT("お届けできません"), SPAN_INIT("エラーメール"), SPAN_INIT("無法傳遞"),
	SPAN_INIT("无法投递"), SPAN_INIT("退信"), SPAN_INIT("未能送达"), SPAN_INIT("無法送達"),
	SPAN_INIT("傳遞失敗"), SPAN_INIT("배달되지"), SPAN_INIT("전달할 수 없"),
	SPAN_INIT("전송 실패")};

/* What mail servers say to each other; a person seldom quotes both beside a reply code. */
static const struct span dialogue[] = {SPAN_INIT("MAIL FROM:"), SPAN_INIT("RCPT TO:")};

/* Below such a line stands the mail that came back. */
static const struct span originals[] = {SPAN_INIT("is a copy of"), SPAN_INIT("original message"),
	SPAN_INIT("original mail as follows"), SPAN_INIT("copy of the original"),
	SPAN_INIT("unsent message"), SPAN_INIT("message header follows"),
	SPAN_INIT("header of the original"), SPAN_INIT("headers of the"),
	SPAN_INIT("the message headers"), SPAN_INIT("start of the original"),
	SPAN_INIT("original text follows"), SPAN_INIT("returned message"),
	SPAN_INIT("contents of the message"), SPAN_INIT("original-nachricht"),
	SPAN_INIT("header follows"), SPAN_INIT("headers follow"), SPAN_INIT("original follows"),
	SPAN_INIT("lines of the message"), SPAN_INIT("message is attached"),
	SPAN_INIT("kopie der nachricht"), SPAN_INIT("ursprüngliche nachricht"),
	SPAN_INIT("originalnachricht"), SPAN_INIT("ursprüngliche nachrichtenkopfzeilen"),
	SPAN_INIT("kopfzeilen der"), SPAN_INIT("oorspronkelijke bericht"), SPAN_INIT("kopie van"),
	SPAN_INIT("message d'origine"), SPAN_INIT("message d’origine"), SPAN_INIT("en-têtes"),
	SPAN_INIT("copie du message"), SPAN_INIT("encabezados de mensaje"),
	SPAN_INIT("encabezados del mensaje"), SPAN_INIT("mensaje original"),
	SPAN_INIT("copia del mensaje"), SPAN_INIT("mensagem original"),
	SPAN_INIT("cabeçalhos de mensagens"), SPAN_INIT("cópia da mensagem"),
	SPAN_INIT("intestazioni originali"), SPAN_INIT("messaggio originale"),
	SPAN_INIT("copia del messaggio"), SPAN_INIT("oryginalna wiadomość"), SPAN_INIT("nagłówki"),
	SPAN_INIT("ursprungliga meddelande"), SPAN_INIT("meddelandehuvuden"),
	SPAN_INIT("meldingshoder"), SPAN_INIT("oprindelig"), SPAN_INIT("původní zpráv"),
	SPAN_INIT("eredeti üzenet"), SPAN_INIT("заголовки"), SPAN_INIT("исходное сообщение"),
	SPAN_INIT("копия письма"), SPAN_INIT("копия сообщения")};

/* What stands before an address at the front of a line. */
static const struct span leads[] = {SPAN_INIT("recipient address:"), SPAN_INIT("recipients:"),
	SPAN_INIT("recipient:"), SPAN_INIT("rcpt to:"), SPAN_INIT(">>> rcpt to:"),
	SPAN_INIT("sent <<< rcpt to:"), SPAN_INIT("mailto:"), SPAN_INIT("user"),
	SPAN_INIT("address:"), SPAN_INIT("failed recipient:"), SPAN_INIT("empfänger:"),
	SPAN_INIT("recipient(s):"), SPAN_INIT("failed address:"), SPAN_INIT("failed recipient(s):"),
	SPAN_INIT("addressed to:"), SPAN_INIT("unknown user:"),
	SPAN_INIT("invalid final delivery userid:"), SPAN_INIT("smtp:"), SPAN_INIT("rcpt-to:"),
	SPAN_INIT("final-recipient:"), SPAN_INIT("original-recipient:"),
	SPAN_INIT("email address:"), SPAN_INIT("e-mail address:"), SPAN_INIT("recipient email:"),
	SPAN_INIT("empfängeradresse:"), SPAN_INIT("destinataire :"), SPAN_INIT("destinataire:"),
	SPAN_INIT("destinataires :"), SPAN_INIT("destinatario:"), SPAN_INIT("destinatarios:"),
	SPAN_INIT("destinatari:"), SPAN_INIT("geadresseerde:"), SPAN_INIT("ontvanger:"),
	SPAN_INIT("odbiorca:"), SPAN_INIT("adresat:"), SPAN_INIT("mottagare:"),
	SPAN_INIT("modtager:"), SPAN_INIT("mottaker:"), SPAN_INIT("получатель:")};

static bool contains_one(struct span text, const struct span *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_find_fold(text, words[i]) >= 0)
			return true;
	return false;
}

bool bounce_text_says_so(struct span text)
{
	return contains_one(span_part(text, 0, SAID_BYTES), phrases, ARRAY_COUNT(phrases));
}

bool bounce_text_has_status(struct span text)
{
	struct span status = bounce_code_find(span_part(text, 0, SAID_BYTES)).status;

	return span_starts(status, SPAN("5")) || span_starts(status, SPAN("4"));
}

bool bounce_text_is_transcript(struct span text)
{
	struct span said = span_part(text, 0, SAID_BYTES);

	for (size_t i = 0; i < ARRAY_COUNT(dialogue); i++)
		if (span_find_fold(said, dialogue[i]) < 0)
			return false;
	return bounce_code_find(said).reply.size > 0;
}

static bool begins_original(struct span line)
{
	struct span text = line_trim(line);

	if (text.size == 0 || text.size > 150)
		return false;
	/* indented they are a summary above the words */
	bool flush = line.data == text.data;
	if (flush && (span_starts_fold(text, SPAN("Return-Path:")) ||
			     span_starts_fold(text, SPAN("Received:")) ||
			     span_starts_fold(text, SPAN("DKIM-Signature:")) ||
			     span_starts_fold(text, SPAN("Message-Id:"))))
		return true;
	return contains_one(text, originals, ARRAY_COUNT(originals)) &&
	       (memchr("-*=_|", text.data[0], 5) || memchr(":.-", text.data[text.size - 1], 3));
}

static bool is_address_byte(char byte)
{
	return byte > ' ' && byte < 127 && !memchr("<>()[]:;,\"\\'", byte, 12);
}

/* An address at the front of text: its length, 0 when there is none. */
static size_t address_size(struct span text)
{
	size_t size = 0, at = 0;
	bool dot = false;

	while (size < text.size && size < ADDRESS_BYTES_MAX && is_address_byte(text.data[size])) {
		if (text.data[size] == '@')
			at = at ? 0 : size;
		dot |= at > 0 && text.data[size] == '.';
		size++;
	}
	while (size > 0 && memchr(".?!", text.data[size - 1], 3))
		size--;
	return at > 0 && dot && size > at + 3 ? size : 0;
}

static struct span without_lead(struct span line)
{
	struct span text = line_trim(line);

	while (text.size > 0 && memchr("*-|#\xb7", text.data[0], 5))
		text = line_trim(span_after(text, 1));
	for (size_t i = 0; i < ARRAY_COUNT(leads); i++)
		if (span_starts_fold(text, leads[i])) {
			text = line_trim(span_after(text, leads[i].size));
			break;
		}
	while (text.size > 0 && memchr("<(\"'[", text.data[0], 5))
		text = span_after(text, 1);
	return span_starts_fold(text, SPAN("mailto:")) ? span_after(text, 7) : text;
}

/* "A message sent by" above an address: it is the sender's. */
static bool is_senders(const struct lines *lines, size_t at)
{
	while (at-- > 0) {
		struct span line = line_trim(lines->items[at]);

		if (line.size == 0)
			continue;
		return span_ends_fold(line, SPAN("sent by")) ||
		       span_ends_fold(line, SPAN("from")) || span_ends_fold(line, SPAN("from:"));
	}
	return false;
}

static bool is_among(const struct facts_addresses *list, struct span address)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_equal_fold(list->items[i].address, address))
			return true;
	return false;
}

static bool is_bounced(const struct facts *facts, struct span address)
{
	for (size_t i = 0; i < facts->bounced_count; i++)
		if (span_equal_fold(facts->bounced[i].address, address))
			return true;
	return false;
}

static void add(struct facts *facts, struct span address, struct span reason)
{
	if (facts->bounced_count >= BOUNCED_MAX || is_bounced(facts, address))
		return;
	struct bounce_code code = bounce_code_find(reason);
	facts->bounced[facts->bounced_count++] = (struct facts_bounced){
		address, code.status, code.reply, text_cut(reason, REASON_BYTES_MAX)};
}

/* The address that a line is about; empty: none. */
static struct span line_recipient(const struct lines *lines, size_t at, size_t *behind)
{
	struct span text = without_lead(lines->items[at]);
	size_t size = address_size(text);

	if (size == 0 || is_senders(lines, at))
		return (struct span){0};
	*behind = (size_t)(text.data - lines->items[at].data) + size;
	return span_part(text, 0, size);
}

/* From behind the address to the next one or the end of what is said about it, on one line. */
static struct span reason_below(
	const struct lines *lines, size_t at, size_t behind, struct arena *arena)
{
	struct buffer reason = {0};
	struct span first = line_trim(span_after(lines->items[at], behind));
	bool any = false;

	while (first.size > 0 && memchr(">:).,", first.data[0], 5))
		first = line_trim(span_after(first, 1));
	buffer_append(&reason, first);
	any = first.size > 0;
	for (size_t i = at + 1; i < lines->count && i - at <= REASON_LINES_MAX; i++) {
		struct span line = line_trim(lines->items[i]);
		size_t ignored;

		if (line.size == 0 && any)
			break;
		if (line_recipient(lines, i, &ignored).size > 0)
			break;
		if (line.size == 0)
			continue;
		if (reason.size > 0)
			buffer_append_byte(&reason, ' ');
		buffer_append(&reason, line);
		any = true;
	}
	struct span text = arena_copy(arena, buffer_span(&reason));
	buffer_done(&reason);
	return text;
}

/* Whoever gets the bounce is seldom the one who was not reached; with_own: now he may be. */
static void read_lines(
	const struct lines *lines, bool with_own, struct arena *arena, struct facts *facts)
{
	for (size_t i = 0; i < lines->count; i++) {
		size_t behind;
		struct span address = line_recipient(lines, i, &behind);

		if (address.size > 0 && (with_own || (!is_among(&facts->to, address) &&
							     !is_among(&facts->from, address))))
			add(facts, address, reason_below(lines, i, behind, arena));
	}
}

/* "delivering your mail to <a@b.example>": the first address inside a line anywhere. */
static void read_inside(const struct lines *lines, struct arena *arena, struct facts *facts)
{
	for (size_t i = 0; i < lines->count && facts->bounced_count == 0; i++) {
		struct span line = lines->items[i];

		for (size_t at = 0; at < line.size; at++) {
			size_t size;

			if (!memchr("< :['\"(", line.data[at], 7))
				continue;
			size = address_size(span_after(line, at + 1));
			struct span address = span_part(line, at + 1, size);
			if (size == 0 || is_among(&facts->to, address) ||
				is_among(&facts->from, address))
				continue;
			add(facts, address, reason_below(lines, i, at + 1 + size, arena));
			break;
		}
	}
}

static void read_failed_field(struct facts *facts)
{
	struct span rest = facts_field(facts, SPAN("X-Failed-Recipients")), item;

	while (span_next(&rest, ',', &item)) {
		item = span_trim(item);
		if (address_size(item) == item.size && item.size > 0)
			add(facts, item, (struct span){0});
	}
}

static void complete_one(struct facts_bounced *bounced, struct span words)
{
	struct bounce_code said = bounce_code_find(words);

	if (said.status.size > 0 &&
		(bounced->status.size == 0 || (bounce_code_is_general(bounced->status) &&
						      !bounce_code_is_general(said.status))))
		bounced->status = said.status;
	if (bounced->reply_code.size == 0)
		bounced->reply_code = said.reply;
}

/*
 * Adds the codes that a status part left out: of the lines that begin with the address, and for
 * the one recipient of the whole text.
 */
static void complete(
	const struct lines *lines, struct span text, struct arena *arena, struct facts *facts)
{
	for (size_t i = 0; i < lines->count; i++) {
		size_t behind;
		struct span address = line_recipient(lines, i, &behind);

		for (size_t j = 0; address.size > 0 && j < facts->bounced_count; j++)
			if (span_equal_fold(facts->bounced[j].address, address))
				complete_one(
					&facts->bounced[j], reason_below(lines, i, behind, arena));
	}
	if (facts->bounced_count == 1)
		complete_one(&facts->bounced[0], text);
}

void bounce_text_read(struct span text, struct arena *arena, struct facts *facts)
{
	struct lines all = lines_of(arena, span_part(text, 0, 2 * SAID_BYTES));
	struct lines lines = {all.items, 0};
	bool failed, any;

	while (lines.count < all.count && lines.count < READ_LINES_MAX &&
		!begins_original(all.items[lines.count]))
		lines.count++;
	struct span said = lines_join(arena, &lines, 0, lines.count);
	if (facts->bounced_count == 0)
		bounce_fields_read(said, arena, facts, &failed, &any);
	if (facts->bounced_count == 0)
		read_lines(&lines, false, arena, facts);
	if (facts->bounced_count == 0)
		read_failed_field(facts);
	if (facts->bounced_count == 0)
		read_inside(&lines, arena, facts);
	if (facts->bounced_count == 0)
		read_lines(&lines, true, arena, facts);
	complete(&lines, said, arena, facts);
}
