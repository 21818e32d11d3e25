#include "parser/xml.h"

#include "base/buffer.h"
#include "base/text.h"
#include "parser/limits.h"
#include "parser/markup.h"
#include "parser/scan.h"

#define KNOWN_NAMES 64

struct tree {
	struct arena *arena;
	struct xml_element *root, *open; /* open: the element whose content is read */
	struct xml_element *last;	 /* the last child of `open` so far */
	struct buffer text;		 /* of `open`, while it has no children */
	size_t count;
	const char *limit;		/* what was too much; NULL: nothing */
	struct span names[KNOWN_NAMES]; /* copied once: a document has few */
};

static struct span copy(struct arena *arena, struct span text)
{
	return text_clean(arena, arena_copy(arena, text));
}

static struct span name_copy(struct tree *tree, struct span name)
{
	size_t place = name.size > 0 ? (name.size * 7 + (unsigned char)name.data[0] +
					       (unsigned char)name.data[name.size - 1] * 3) %
					       KNOWN_NAMES
				     : 0;

	if (!span_equal(tree->names[place], name))
		tree->names[place] = copy(tree->arena, name);
	return tree->names[place];
}

static bool begin_element(void *user, struct span name, const struct markup_attribute *attributes,
	size_t attribute_count, size_t depth)
{
	struct tree *tree = user;

	if (++tree->count > XML_ELEMENTS_MAX)
		tree->limit = "too many elements";
	if (depth > XML_NESTING_MAX)
		tree->limit = "elements lie too deep";
	if (tree->limit)
		return false;
	struct xml_element *element = arena_alloc(tree->arena, sizeof(*element));
	element->name = name_copy(tree, name);
	element->parent = tree->open;
	if (attribute_count > 0)
		element->attributes =
			arena_array(tree->arena, struct xml_attribute, attribute_count);
	for (size_t i = 0; i < attribute_count; i++)
		element->attributes[element->attribute_count++] =
			(struct xml_attribute){name_copy(tree, attributes[i].name),
				copy(tree->arena, attributes[i].value)};
	if (!tree->open)
		tree->root = element;
	else if (tree->last)
		tree->last->next = element;
	else
		tree->open->first_child = element;
	tree->open = element;
	tree->last = NULL;
	buffer_clear(&tree->text);
	return true;
}

static bool end_element(void *user, struct span name)
{
	struct tree *tree = user;
	struct xml_element *element = tree->open;

	(void)name;
	if (!element)
		return false;
	if (!element->first_child)
		element->text = copy(tree->arena, span_trim(buffer_span(&tree->text)));
	buffer_clear(&tree->text);
	tree->last = element;
	tree->open = element->parent;
	return true;
}

static bool add_text(void *user, struct span text)
{
	struct tree *tree = user;

	if (tree->text.size <= XML_TEXT_BYTES_MAX)
		buffer_append(&tree->text, span_part(text, 0, XML_TEXT_BYTES_MAX));
	return true;
}

bool xml_read(struct span bytes, struct arena *arena, struct xml_element **root, struct error *err)
{
	struct tree tree = {.arena = arena};
	const struct markup_reader reader = {&tree, begin_element, end_element, add_text};

	*root = NULL;
	if (bytes.size > XML_BYTES_MAX)
		return error_set(err, ERROR_LIMIT, "XML: more than %u bytes", XML_BYTES_MAX);
	if (scan_tags(bytes).size < bytes.size)
		return error_set(err, ERROR_LIMIT, "XML: too many attributes");
	bool good = markup_read_xml(bytes, &reader, err);
	buffer_done(&tree.text);
	if (!good)
		return false;
	if (tree.limit)
		return error_set(err, ERROR_LIMIT, "XML: %s", tree.limit);
	if (!tree.root)
		return error_set(err, ERROR_INPUT, "XML: no element");
	*root = tree.root;
	return true;
}

const struct xml_element *xml_find(const struct xml_element *element, const char *path)
{
	struct span rest = span_from(path), name;

	while (element && span_next(&rest, '/', &name)) {
		element = element->first_child;
		while (element && !span_equal(element->name, name))
			element = element->next;
	}
	return element;
}

const struct xml_element *xml_again(const struct xml_element *element)
{
	struct span name = element->name;

	do
		element = element->next;
	while (element && !span_equal(element->name, name));
	return element;
}

struct span xml_text(const struct xml_element *element, const char *path)
{
	const struct xml_element *found = xml_find(element, path);

	return found ? found->text : (struct span){0};
}

struct span xml_attribute(const struct xml_element *element, const char *name)
{
	for (size_t i = 0; element && i < element->attribute_count; i++)
		if (span_equal(element->attributes[i].name, span_from(name)))
			return element->attributes[i].value;
	return (struct span){0};
}
