/* A drawing as an SVG picture. Classes begin with nd-, so that it can stand within a page. */
#include <math.h>
#include <string.h>

#include "draw/escape.h"
#include "draw/layout.h"
#include "draw/style.h"

static const char *const look_classes[LOOK_COUNT] = {
    [LOOK_PLAIN] = "nd-plain", [LOOK_DATA] = "nd-data", [LOOK_LEARNS] = "nd-learns",
    [LOOK_JOINS] = "nd-joins", [LOOK_FUSED] = "nd-fused",
};

void svg_begin(Text *out, double width, double height, const char *title)
{
    text_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"nd\" width=\"%.0f\" height=\"%.0f\" "
                     "viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>", width, height, width, height);
    text_add_xml(out, title);
    text_add(out, "</title>\n<style>\n"
                  ".nd { background: #ffffff; font-family: Helvetica, Arial, \"DejaVu Sans\", sans-serif; }\n"
                  ".nd text { font-size: 10px; fill: #1a1a1a; }\n"
                  ".nd .nd-title { font-size: 12px; font-weight: bold; }\n"
                  ".nd .nd-middle { text-anchor: middle; }\n"
                  ".nd .nd-label { fill: #444444; stroke: #ffffff; stroke-width: 3px; paint-order: stroke; }\n"
                  ".nd rect { stroke: #555555; fill: #ffffff; }\n"
                  ".nd .nd-box { stroke: #999999; fill: #808080; fill-opacity: 0.07; }\n"
                  ".nd .nd-data { fill: #e4e4e4; }\n"
                  ".nd .nd-learns { fill: #d5e6f7; }\n"
                  ".nd .nd-joins { fill: #fde6c8; stroke-width: 2px; }\n"
                  ".nd .nd-fused { fill: #d6eed6; stroke-width: 2px; }\n"
                  ".nd .nd-forward { fill: #d5e6f7; }\n"
                  ".nd .nd-backward { fill: #fde6c8; }\n"
                  ".nd .nd-band { stroke: none; fill: #808080; fill-opacity: 0.1; }\n"
                  ".nd .nd-line { fill: none; stroke: #555555; stroke-width: 1.2px; }\n"
                  ".nd .nd-tick { fill: none; stroke: #808080; stroke-width: 0.5px; }\n"
                  ".nd .nd-arrow { fill: #555555; stroke: none; }\n"
                  "@media (prefers-color-scheme: dark) {\n"
                  ".nd { background: #16181c; }\n"
                  ".nd text { fill: #e6e6e6; }\n"
                  ".nd .nd-label { fill: #c4c4c4; stroke: #16181c; }\n"
                  ".nd rect { stroke: #a0a0a0; fill: #23262c; }\n"
                  ".nd .nd-box { stroke: #777777; fill: #808080; }\n"
                  ".nd .nd-data { fill: #3a3d44; }\n"
                  ".nd .nd-learns, .nd .nd-forward { fill: #1f3d5c; }\n"
                  ".nd .nd-joins, .nd .nd-backward { fill: #5c421a; }\n"
                  ".nd .nd-fused { fill: #24482a; }\n"
                  ".nd .nd-line { stroke: #b0b0b0; }\n"
                  ".nd .nd-arrow { fill: #b0b0b0; }\n"
                  "}\n</style>\n");
}

void svg_text(Text *out, const char *style, double x, double y, const char *text)
{
    text_printf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", style, x, y);
    text_add_xml(out, text);
    text_add(out, "</text>\n");
}

void svg_rect(Text *out, const char *style, double x, double y, double width, double height, double round)
{
    text_printf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", style, x, y, width,
                height);
    if (round > 0)
        text_printf(out, " rx=\"%.0f\"", round);
    text_add(out, "/>\n");
}

/* Straight where it goes down, and a curve that leaves and comes in straight where it goes aside. */
static void print_edge(Text *out, const Points *points)
{
    enum { ARROW = 6 };
    const Point *end = &points->at[points->count - 1];
    text_add(out, "<path class=\"nd-line\" d=\"");
    for (int i = 0; i < points->count; i++) {
        const Point *p = &points->at[i], *before = &points->at[i ? i - 1 : 0];
        const double middle = (before->y + p->y) / 2;
        if (i == 0)
            text_printf(out, "M%.1f %.1f", p->x, p->y);
        else if (fabs(before->x - p->x) < 0.5)
            text_printf(out, "L%.1f %.1f", p->x, p->y);
        else
            text_printf(out, "C%.1f %.1f %.1f %.1f %.1f %.1f", before->x, middle, p->x, middle, p->x, p->y);
    }
    text_printf(out, "\"/>\n<path class=\"nd-arrow\" d=\"M%.1f %.1fl-3.5 -%dh7z\"/>\n", end->x, end->y, ARROW);
}

/* What a node hands on, beside where the arrows leave it: once, where it is the same along all of them. */
static void print_label(Text *out, const Drawing *drawing, const Layout *layout, int node)
{
    Text label = text_new(out->arena);
    StringSet known = {0};
    for (int i = 0; i < drawing->edges.count; i++) {
        const DrawnEdge *edge = &drawing->edges.at[i];
        if (edge->from == node && string_set_add(out->arena, &known, edge->label))
            text_printf(&label, "%s%s", label.length ? ", " : "", edge->label);
    }
    const Rect *place = &layout->node[node];
    if (label.length)
        svg_text(out, "nd-label", place->x + place->width / 2 + 5, place->y + place->height + 13, label.bytes);
}

static void print_node(Text *out, const DrawnNode *node, const Rect *place)
{
    const double middle = place->x + place->width / 2;
    svg_rect(out, look_classes[node->look], place->x, place->y, place->width, place->height,
             node->look == LOOK_DATA ? 0 : 5);
    svg_text(out, "nd-title nd-middle", middle, place->y + 16, node->title);
    for (int i = 0; i < node->lines.count; i++)
        svg_text(out, "nd-middle", middle, place->y + 17 + LINE_STEP * (i + 1), node->lines.at[i]);
}

void drawing_print_svg(Text *out, const Drawing *drawing)
{
    const Layout layout = drawing_layout(out->arena, drawing);
    svg_begin(out, layout.width, layout.height, drawing->title);
    svg_text(out, "nd-title", 12, 20, drawing->title);
    for (int i = 0; i < drawing->boxes.count; i++) {
        const Rect *place = &layout.box[i];
        if (place->width > 0)
            svg_rect(out, "nd-box", place->x, place->y, place->width, place->height, 8);
    }
    for (int i = 0; i < drawing->edges.count; i++)
        print_edge(out, &layout.edge[i]);
    for (int i = 0; i < drawing->boxes.count; i++)
        if (layout.box[i].width > 0)
            svg_text(out, "nd-label", layout.box[i].x + 8, layout.box[i].y + 14, drawing->boxes.at[i].title);
    for (int i = 0; i < drawing->nodes.count; i++) {
        print_node(out, &drawing->nodes.at[i], &layout.node[i]);
        print_label(out, drawing, &layout, i);
    }
    text_add(out, "</svg>\n");
}
