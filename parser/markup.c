#include "parser/markup.h"

#include "base/memory.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#define XML_PIECE_BYTES 65536

void markup_init(void)
{
	xmlInitParser();
}

void markup_done(void)
{
	xmlCleanupParser();
}

static struct span span_of(const xmlChar *text)
{
	return span_from((const char *)text);
}

/* ---------------------------------------------------------------- HTML */

struct html {
	const struct markup_reader *reader;
	htmlParserCtxtPtr context;
	size_t stopped_at; /* bytes; 0: not stopped by begin() */
	bool stopped;
};

static void stop(struct html *html)
{
	html->stopped = true;
	xmlStopParser(html->context);
}

static void html_begin(void *user, const xmlChar *name, const xmlChar **pairs)
{
	struct html *html = user;
	struct markup_attribute attributes[MARKUP_ATTRIBUTES_MAX];
	size_t count = 0;
	size_t depth = html->context->nameNr > 0 ? (size_t)html->context->nameNr : 0;

	if (html->stopped)
		return;
	for (; pairs && pairs[0] && count < MARKUP_ATTRIBUTES_MAX; pairs += 2)
		attributes[count++] =
			(struct markup_attribute){span_of(pairs[0]), span_of(pairs[1])};
	if (html->reader->begin(html->reader->user, span_of(name), attributes, count, depth))
		return;
	long at = xmlByteConsumed(html->context);
	html->stopped_at = at > 0 ? (size_t)at : 0;
	stop(html);
}

static void html_end(void *user, const xmlChar *name)
{
	struct html *html = user;

	/* elements that are open when it stops are ended too */
	if (!html->reader->end(html->reader->user, span_of(name)) && !html->stopped)
		stop(html);
}

static void html_text(void *user, const xmlChar *text, int size)
{
	struct html *html = user;
	struct span span = {(const char *)text, size > 0 ? (size_t)size : 0};

	if (!html->stopped && !html->reader->text(html->reader->user, span))
		stop(html);
}

static void ignore_message(void *user, const char *message, ...)
{
	(void)user;
	(void)message;
}

struct span markup_read_html(struct span html, const struct markup_reader *reader)
{
	htmlSAXHandler handler = {
		.startElement = html_begin,
		.endElement = html_end,
		.characters = html_text,
		.ignorableWhitespace = html_text,
		.error = ignore_message,
		.warning = ignore_message,
	};
	struct html state = {.reader = reader};

	state.context = htmlCreateMemoryParserCtxt(html.data, (int)html.size);
	if (!state.context)
		return (struct span){0};
	htmlCtxtUseOptions(state.context, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
						  HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
						  HTML_PARSE_IGNORE_ENC);
	xmlSwitchEncoding(state.context, XML_CHAR_ENCODING_UTF8);
	htmlSAXHandlerPtr own = state.context->sax;
	state.context->sax = &handler;
	state.context->userData = &state;
	htmlParseDocument(state.context);
	state.context->sax = own;
	htmlFreeParserCtxt(state.context);
	if (state.stopped_at == 0)
		return (struct span){0};
	struct span rest = span_after(html, state.stopped_at);
	ptrdiff_t end = span_find_byte(rest, '>');
	return end < 0 ? (struct span){0} : span_after(rest, (size_t)end + 1);
}

/* ---------------------------------------------------------------- XML */

struct xml {
	const struct markup_reader *reader;
	xmlParserCtxtPtr context;
	size_t depth;
	bool stopped, refused;
};

static void xml_stop(struct xml *xml)
{
	xml->stopped = true;
	xmlStopParser(xml->context);
}

/* libxml2 gives five pointers an attribute: name, prefix, URI, value, end of the value. */
static void xml_begin(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int namespace_count, const xmlChar **namespaces, int count, int defaulted,
	const xmlChar **fives)
{
	struct xml *xml = user;
	struct markup_attribute attributes[MARKUP_ATTRIBUTES_MAX];
	size_t used = 0;

	(void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)defaulted;
	if (xml->stopped)
		return;
	for (; count > 0 && used < MARKUP_ATTRIBUTES_MAX; count--, fives += 5)
		attributes[used++] = (struct markup_attribute){
			span_of(fives[0]), {(const char *)fives[3], (size_t)(fives[4] - fives[3])}};
	if (!xml->reader->begin(xml->reader->user, span_of(name), attributes, used, xml->depth++))
		xml_stop(xml);
}

static void xml_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml *xml = user;

	(void)prefix, (void)uri;
	xml->depth -= xml->depth > 0;
	if (!xml->stopped && !xml->reader->end(xml->reader->user, span_of(name)))
		xml_stop(xml);
}

static void xml_text(void *user, const xmlChar *text, int size)
{
	struct xml *xml = user;
	struct span span = {(const char *)text, size > 0 ? (size_t)size : 0};

	if (!xml->stopped && !xml->reader->text(xml->reader->user, span))
		xml_stop(xml);
}

/* Where entities are declared. */
static void xml_document_type(
	void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	struct xml *xml = user;

	(void)name, (void)external, (void)system;
	xml->refused = true;
	xml_stop(xml);
}

bool markup_read_xml(struct span xml, const struct markup_reader *reader, struct error *err)
{
	xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.internalSubset = xml_document_type,
		.startElementNs = xml_begin,
		.endElementNs = xml_end,
		.characters = xml_text,
		.cdataBlock = xml_text,
		.error = ignore_message,
		.warning = ignore_message,
	};
	struct xml state = {.reader = reader};
	bool good = true;

	state.context = xmlCreatePushParserCtxt(&handler, &state, NULL, 0, NULL);
	if (!state.context)
		memory_exhausted();
	xmlCtxtUseOptions(state.context, XML_PARSE_NONET);
	while (xml.size > 0 && good && !state.stopped) {
		struct span piece = span_part(xml, 0, XML_PIECE_BYTES);

		good = xmlParseChunk(state.context, piece.data, (int)piece.size, 0) == 0;
		xml = span_after(xml, piece.size);
	}
	if (good && !state.stopped)
		good = xmlParseChunk(state.context, NULL, 0, 1) == 0;
	xmlDocPtr document = state.context->myDoc;
	xmlFreeParserCtxt(state.context);
	xmlFreeDoc(document);
	if (state.refused)
		return error_set(err, ERROR_INPUT, "XML: a document type is not read");
	if (!good && !state.stopped)
		return error_set(err, ERROR_INPUT, "XML: not well-formed");
	return true;
}
