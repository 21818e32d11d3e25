#include "config/node.h"

const char *node_path(struct arena *arena, const struct node *node)
{
	const char *above;

	if (node->parent == NULL)
		return "";
	above = node_path(arena, node->parent);
	if (node->parent->type == NODE_LIST)
		return arena_format(arena, "%s[%d]", above, node->index).data;
	return arena_format(
		arena, "%s%s%.*s", above, above[0] != '\0' ? "." : "", SPAN_ARG(node->key))
		.data;
}

const struct node *node_child(const struct node *mapping, struct span key)
{
	const struct node *child = mapping->children;

	while (child != NULL && !span_equal(child->key, key))
		child = child->next;
	return child;
}

const char *node_words(const struct node *node)
{
	static const char *const words[] = {
		[NODE_SCALAR] = "a single value",
		[NODE_LIST] = "a list",
		[NODE_MAPPING] = "a mapping of keys to values",
	};

	return words[node->type];
}

bool node_is_null(const struct node *node)
{
	return node->type == NODE_SCALAR && !node->quoted &&
	       (node->text.size == 0 || span_equal(node->text, SPAN("~")) ||
		       span_equal_fold(node->text, SPAN("null")));
}

const struct node *node_first_item(const struct node *node)
{
	return node->type == NODE_LIST ? node->children : node;
}

size_t node_item_count(const struct node *node)
{
	return node->type == NODE_LIST ? node->count : 1;
}
