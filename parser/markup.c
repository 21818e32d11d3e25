#include "parser/markup.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlreader.h>

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

static void ignore_error(void *user, xmlErrorPtr error)
{
	(void)user;
	(void)error;
}

static bool xml_begin(xmlTextReaderPtr xml, const struct markup_reader *reader)
{
	struct markup_attribute attributes[MARKUP_ATTRIBUTES_MAX];
	size_t count = 0;
	struct span name = span_of(xmlTextReaderConstLocalName(xml));
	bool empty = xmlTextReaderIsEmptyElement(xml) == 1;
	int depth = xmlTextReaderDepth(xml);

	/* names and values are kept in the reader's dictionary and nodes until the next read */
	while (count < MARKUP_ATTRIBUTES_MAX && xmlTextReaderMoveToNextAttribute(xml) == 1)
		attributes[count++] =
			(struct markup_attribute){span_of(xmlTextReaderConstLocalName(xml)),
				span_of(xmlTextReaderConstValue(xml))};
	(void)xmlTextReaderMoveToElement(xml);
	return reader->begin(
		       reader->user, name, attributes, count, depth > 0 ? (size_t)depth : 0) &&
	       (!empty || reader->end(reader->user, name));
}

/* False: the reader has enough, or the document is refused (*refused). */
static bool xml_node(xmlTextReaderPtr xml, const struct markup_reader *reader, bool *refused)
{
	switch (xmlTextReaderNodeType(xml)) {
	case XML_READER_TYPE_ELEMENT:
		return xml_begin(xml, reader);
	case XML_READER_TYPE_END_ELEMENT:
		return reader->end(reader->user, span_of(xmlTextReaderConstLocalName(xml)));
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		return reader->text(reader->user, span_of(xmlTextReaderConstValue(xml)));
	case XML_READER_TYPE_DOCUMENT_TYPE: /* where entities are declared */
		*refused = true;
		return false;
	default:
		return true;
	}
}

bool markup_read_xml(struct span xml, const struct markup_reader *reader, struct error *err)
{
	bool good = true, refused = false;
	int more = -1;
	xmlTextReaderPtr state = xmlReaderForMemory(
		xml.data, (int)xml.size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOCDATA);

	if (!state)
		return error_set(err, ERROR_INPUT, "XML: not readable");
	xmlTextReaderSetStructuredErrorHandler(state, ignore_error, NULL);
	while (good && (more = xmlTextReaderRead(state)) == 1)
		good = xml_node(state, reader, &refused);
	xmlFreeTextReader(state);
	if (refused)
		return error_set(err, ERROR_INPUT, "XML: a document type is not read");
	if (good && more != 0)
		return error_set(err, ERROR_INPUT, "XML: not well-formed");
	return true;
}
