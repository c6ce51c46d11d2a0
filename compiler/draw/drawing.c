#include "draw/drawing.h"

#include <string.h>

#include "system/cells.h"

enum { LINE_CELLS = 40 }; /* of a node's text: what is longer is cut at a blank */

int drawing_add_box(Arena *arena, Drawing *drawing, const char *title, int parent)
{
    vec_push(arena, drawing->boxes, ((DrawnBox){title, parent}));
    return drawing->boxes.count - 1;
}

int drawing_add_node(Arena *arena, Drawing *drawing, const char *title, Look look, int box)
{
    vec_push(arena, drawing->nodes, ((DrawnNode){.title = title, .look = look, .box = box}));
    return drawing->nodes.count - 1;
}

void drawing_add_edge(Arena *arena, Drawing *drawing, int from, int to, const char *label)
{
    vec_push(arena, drawing->edges, ((DrawnEdge){from, to, label}));
}

/* How many bytes of a text make a line: up to the last blank that is near enough, or to the first one. */
static size_t line_bytes(Arena *arena, const char *text)
{
    size_t end = 0;
    for (size_t at = 0; text[at]; ) {
        const size_t word = at + strcspn(text + at + (text[at] == ' '), " ") + (text[at] == ' ');
        if (end && nc_text_cells(arena_copy(arena, text, word)) > LINE_CELLS)
            return end;
        at = end = word;
    }
    return end;
}

void drawing_add_text(Arena *arena, Drawing *drawing, int node, const char *text)
{
    while (*text) {
        const size_t length = line_bytes(arena, text);
        vec_push(arena, drawing->nodes.at[node].lines, arena_copy(arena, text, length));
        text += length + (text[length] == ' ');
    }
}
