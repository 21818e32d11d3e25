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
