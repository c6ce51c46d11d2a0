/* A drawing as the text that Graphviz lays out. */
#include <string.h>

#include "draw/drawing.h"
#include "draw/escape.h"

/* Pale fills under black text, told apart without colours by the borders too. */
static const char *const look_styles[LOOK_COUNT] = {
    [LOOK_PLAIN] = "fillcolor=\"#ffffff\"",
    [LOOK_DATA] = "fillcolor=\"#e4e4e4\", style=filled",
    [LOOK_LEARNS] = "fillcolor=\"#d5e6f7\"",
    [LOOK_JOINS] = "fillcolor=\"#fde6c8\", peripheries=2",
    [LOOK_FUSED] = "fillcolor=\"#d6eed6\", peripheries=2",
};

/* The innards of a quoted text. Graphviz reads \ and, as HTML has them, names behind &. */
static void add_dot(Text *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        if (*at == '"' || *at == '\\')
            text_add(out, "\\");
        if (*at == '&')
            text_add(out, "&amp;");
        else if ((unsigned char)*at < ' ' || *at == 0x7f)
            text_add(out, REPLACEMENT);
        else
            text_add_bytes(out, at, 1);
    }
}

static void add_quoted(Text *out, const char *text)
{
    text_add(out, "\"");
    add_dot(out, text);
    text_add(out, "\"");
}

static void print_node(Text *out, const Drawing *drawing, int number, int depth)
{
    const DrawnNode *node = &drawing->nodes.at[number];
    text_pad(out, ' ', 4 * depth);
    text_printf(out, "n%d [label=\"", number);
    add_dot(out, node->title);
    for (int i = 0; i < node->lines.count; i++) {
        text_add(out, "\\n");
        add_dot(out, node->lines.at[i]);
    }
    text_printf(out, "\", %s];\n", look_styles[node->look]);
}

/* The boxes and the nodes of a box, or of none. */
static void print_inside(Text *out, const Drawing *drawing, int box, int depth)
{
    for (int i = 0; i < drawing->boxes.count; i++) {
        if (drawing->boxes.at[i].parent != box)
            continue;
        text_pad(out, ' ', 4 * depth);
        text_printf(out, "subgraph cluster_%d {\n", i);
        text_pad(out, ' ', 4 * depth + 4);
        text_add(out, "label=");
        add_quoted(out, drawing->boxes.at[i].title);
        text_add(out, ";\n");
        print_inside(out, drawing, i, depth + 1);
        text_pad(out, ' ', 4 * depth);
        text_add(out, "}\n");
    }
    for (int i = 0; i < drawing->nodes.count; i++)
        if (drawing->nodes.at[i].box == box)
            print_node(out, drawing, i, depth);
}

void drawing_print_dot(Text *out, const Drawing *drawing)
{
    text_add(out, "digraph ");
    add_quoted(out, drawing->title);
    text_add(out, " {\n    label=");
    add_quoted(out, drawing->title);
    text_add(out, ";\n    graph [labelloc=t, labeljust=l, fontname=\"Helvetica\", fontsize=12, color=\"#888888\", "
                  "style=rounded];\n"
                  "    node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11];\n"
                  "    edge [fontname=\"Helvetica\", fontsize=10, arrowsize=0.7];\n");
    print_inside(out, drawing, -1, 1);
    for (int i = 0; i < drawing->edges.count; i++) {
        const DrawnEdge *edge = &drawing->edges.at[i];
        text_printf(out, "    n%d -> n%d [label=", edge->from, edge->to);
        add_quoted(out, edge->label);
        text_add(out, "];\n");
    }
    text_add(out, "}\n");
}
