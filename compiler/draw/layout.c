#include "draw/layout.h"

#include "base/fail.h"
#include "system/cells.h"

/* How much wider letters of a title are. */
#define BOLD 1.12

enum { MARGIN = 12, NODE_PAD = 10, NODE_HEAD = 22, NODE_FOOT = 5 };

typedef struct Maker {
    Arena *arena;
    const Drawing *drawing;
    Level *levels;          /* by box + 1: [0] is the whole */
    int *first, *last;      /* by box: its first node, and the one behind its last */
    Point *origin;          /* by box + 1: where its content stands */
} Maker;

double text_width(const char *text, double size)
{
    return 0.6 * size * nc_text_cells(text);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static Rect node_size(const DrawnNode *node)
{
    double width = BOLD * text_width(node->title, TITLE_SIZE);
    for (int i = 0; i < node->lines.count; i++)
        width = larger(width, text_width(node->lines.at[i], LINE_SIZE));
    return (Rect){.width = width + 2 * NODE_PAD, .height = NODE_HEAD + LINE_STEP * node->lines.count + NODE_FOOT};
}

static void find_ranges(Maker *m)
{
    const Drawing *d = m->drawing;
    for (int i = 0; i < d->boxes.count; i++)
        m->first[i] = m->last[i] = -1;
    for (int i = 0; i < d->nodes.count; i++) {
        for (int box = d->nodes.at[i].box; box >= 0; box = d->boxes.at[box].parent) {
            m->first[box] = m->first[box] < 0 ? i : m->first[box];
            m->last[box] = i + 1;
        }
    }
}

static bool is_inside(const Maker *m, int box, int node)
{
    return box < 0 || (node >= m->first[box] && node < m->last[box]);
}

/* ---- Items and links of a box ------------------------------------------------------------------------------------ */

static int find_item(const Level *level, ItemKind kind, int id)
{
    for (int i = 0; i < level->items.count; i++)
        if (level->items.at[i].kind == kind && level->items.at[i].id == id)
            return i;
    return -1;
}

/* Where a value enters a box, or leaves it. */
static int port_of(const Level *level, ItemKind kind, int value)
{
    const int port = find_item(level, kind, value);
    if (port < 0)
        fail_bug("a box has no port for the value of node %d", value);
    return port;
}

/* The child of `box` that a node is in: the item of the node, or of a box. */
static int child_item(const Maker *m, int box, int node)
{
    const Drawing *d = m->drawing;
    int child = d->nodes.at[node].box;
    if (child == box)
        return find_item(&m->levels[box + 1], ITEM_NODE, node);
    while (d->boxes.at[child].parent != box)
        child = d->boxes.at[child].parent;
    return find_item(&m->levels[box + 1], ITEM_BOX, child);
}

static void add_ports(Maker *m, int box, ItemKind kind)
{
    const Drawing *d = m->drawing;
    Level *level = &m->levels[box + 1];
    for (int i = 0; i < d->edges.count; i++) {
        const DrawnEdge *edge = &d->edges.at[i];
        const bool from = is_inside(m, box, edge->from), to = is_inside(m, box, edge->to);
        if ((kind == ITEM_ENTRY ? !from && to : from && !to) && find_item(level, kind, edge->from) < 0)
            vec_push(m->arena, level->items, ((Item){.kind = kind, .id = edge->from}));
    }
}

static Rect box_size(const Maker *m, int box)
{
    const Level *level = &m->levels[box + 1];
    const double title = text_width(m->drawing->boxes.at[box].title, LABEL_SIZE);
    return (Rect){.width = larger(level->width, title) + 2 * BOX_PAD, .height = BOX_HEAD + level->height + BOX_PAD};
}

static void add_children(Maker *m, int box)
{
    const Drawing *d = m->drawing;
    Level *level = &m->levels[box + 1];
    for (int i = box < 0 ? 0 : m->first[box]; i < (box < 0 ? d->nodes.count : m->last[box]); i++) {
        int child = d->nodes.at[i].box;
        if (child == box) {
            vec_push(m->arena, level->items,
                     ((Item){.kind = ITEM_NODE, .id = i, .place = node_size(&d->nodes.at[i])}));
            continue;
        }
        while (d->boxes.at[child].parent != box)
            child = d->boxes.at[child].parent;
        vec_push(m->arena, level->items, ((Item){.kind = ITEM_BOX, .id = child, .place = box_size(m, child)}));
        i = m->last[child] - 1;
    }
}

/* Where a box's content begins within it. */
static Point content_of(const Maker *m, int box, const Rect *size)
{
    return (Point){(size->width - m->levels[box + 1].width) / 2, BOX_HEAD};
}

/* Where a value reaches an item, or leaves it, from its left edge. */
static double attach(const Maker *m, const Item *item, ItemKind port, int value)
{
    if (item->kind != ITEM_BOX)
        return item->place.width / 2;
    const Level *inner = &m->levels[item->id + 1];
    return content_of(m, item->id, &item->place).x + inner->items.at[port_of(inner, port, value)].place.x;
}

static const Link *find_link(const Level *level, int from, int to, int value)
{
    for (int i = 0; i < level->links.count; i++) {
        const Link *link = &level->links.at[i];
        if (link->from == from && link->to == to && link->value == value)
            return link;
    }
    return NULL;
}

/* The item of `box` from which an edge's value comes there, and the one that it goes to. */
static int link_from(const Maker *m, int box, const DrawnEdge *edge)
{
    return is_inside(m, box, edge->from) ? child_item(m, box, edge->from)
                                         : port_of(&m->levels[box + 1], ITEM_ENTRY, edge->from);
}

static int link_to(const Maker *m, int box, const DrawnEdge *edge)
{
    return is_inside(m, box, edge->to) ? child_item(m, box, edge->to)
                                       : port_of(&m->levels[box + 1], ITEM_EXIT, edge->from);
}

static void add_links(Maker *m, int box)
{
    const Drawing *d = m->drawing;
    Level *level = &m->levels[box + 1];
    for (int i = 0; i < d->edges.count; i++) {
        const DrawnEdge *edge = &d->edges.at[i];
        if (!is_inside(m, box, edge->from) && !is_inside(m, box, edge->to))
            continue;
        const int from = link_from(m, box, edge), to = link_to(m, box, edge);
        if (from == to || find_link(level, from, to, edge->from))
            continue;
        const Link link = {.from = from, .to = to, .value = edge->from,
                           .from_at = attach(m, &level->items.at[from], ITEM_EXIT, edge->from),
                           .to_at = attach(m, &level->items.at[to], ITEM_ENTRY, edge->from)};
        vec_push(m->arena, level->links, link);
    }
}

/* Inner boxes stand behind outer ones, and are laid out before them. */
static void make_level(Maker *m, int box)
{
    add_ports(m, box, ITEM_ENTRY);
    add_children(m, box);
    add_ports(m, box, ITEM_EXIT);
    add_links(m, box);
    level_place(m->arena, &m->levels[box + 1]);
}

/* ---- All of them together ---------------------------------------------------------------------------------------- */

static void place_level(Maker *m, Layout *layout, int box)
{
    const Level *level = &m->levels[box + 1];
    for (int i = 0; i < level->items.count; i++) {
        const Item *item = &level->items.at[i];
        Rect place = item->place;
        place.x += m->origin[box + 1].x;
        place.y += m->origin[box + 1].y;
        if (item->kind == ITEM_NODE) {
            layout->node[item->id] = place;
        } else if (item->kind == ITEM_BOX) {
            const Point content = content_of(m, item->id, &item->place);
            layout->box[item->id] = place;
            m->origin[item->id + 1] = (Point){place.x + content.x, place.y + content.y};
        }
    }
}

static void add_points(const Maker *m, Points *points, int box, int from, int to, int value)
{
    const Link *link = find_link(&m->levels[box + 1], from, to, value);
    for (int i = 0; i < link->points.count; i++) {
        const Point p = {link->points.at[i].x + m->origin[box + 1].x, link->points.at[i].y + m->origin[box + 1].y};
        const Point *last = points->count ? &points->at[points->count - 1] : NULL;
        if (!last || last->x != p.x || last->y != p.y)
            vec_push(m->arena, *points, p);
    }
}

/* Out of the boxes around its beginning, across, and into those around its end. */
static void trace_edge(const Maker *m, Points *points, const DrawnEdge *edge)
{
    const Drawing *d = m->drawing;
    VEC(int) inner = {0};
    int box = d->nodes.at[edge->from].box;
    for (; !is_inside(m, box, edge->to); box = d->boxes.at[box].parent)
        add_points(m, points, box, link_from(m, box, edge), link_to(m, box, edge), edge->from);
    for (int b = d->nodes.at[edge->to].box; b != box; b = d->boxes.at[b].parent)
        vec_push(m->arena, inner, b);
    add_points(m, points, box, link_from(m, box, edge), link_to(m, box, edge), edge->from);
    for (int i = inner.count - 1; i >= 0; i--)
        add_points(m, points, inner.at[i], link_from(m, inner.at[i], edge), link_to(m, inner.at[i], edge), edge->from);
}

Layout drawing_layout(Arena *arena, const Drawing *drawing)
{
    const size_t boxes = (size_t)drawing->boxes.count + 1;
    Maker m = {.arena = arena, .drawing = drawing};
    m.levels = arena_alloc(arena, boxes * sizeof *m.levels);
    m.first = arena_alloc(arena, boxes * sizeof *m.first);
    m.last = arena_alloc(arena, boxes * sizeof *m.last);
    m.origin = arena_alloc(arena, boxes * sizeof *m.origin);
    find_ranges(&m);
    for (int box = drawing->boxes.count - 1; box >= -1; box--)
        if (box < 0 || m.last[box] >= 0)
            make_level(&m, box);
    Layout layout = {
        .width = larger(m.levels[0].width, text_width(drawing->title, TITLE_SIZE)) + 2 * MARGIN,
        .height = m.levels[0].height + 2 * MARGIN + BOX_HEAD,
        .node = arena_alloc(arena, (size_t)(drawing->nodes.count + 1) * sizeof *layout.node),
        .box = arena_alloc(arena, boxes * sizeof *layout.box),
        .edge = arena_alloc(arena, (size_t)(drawing->edges.count + 1) * sizeof *layout.edge),
    };
    m.origin[0] = (Point){(layout.width - m.levels[0].width) / 2, MARGIN + BOX_HEAD};
    for (int box = -1; box < drawing->boxes.count; box++)
        if (box < 0 || m.last[box] >= 0)
            place_level(&m, &layout, box);
    for (int i = 0; i < drawing->edges.count; i++)
        trace_edge(&m, &layout.edge[i], &drawing->edges.at[i]);
    return layout;
}
