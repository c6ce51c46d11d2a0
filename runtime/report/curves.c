/* The curves of a report: a chart for what belongs together, drawn here as SVG, so that they are there without scripts.
 * The same points stand in the page as data for those that look closer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "system/json.h"

enum { WIDTH = 460, HEIGHT = 250, LEFT = 58, RIGHT = 12, TOP = 10, BOTTOM = 30, MOST_POINTS = 1500, MOST_CHARTS = 64,
       NAME = 200 };

/* How a curve is drawn: what counts in the end strongest. */
enum kind { TEST, EPOCHS, STEPS };
static const char *const kind_classes[] = {"test", "epochs", "steps"};
static const char *const kind_names[] = {"test", "train, mean of the epoch", "train"};

struct point {
    double x, y; /* y NaN: the curve is interrupted */
};

struct curve {
    const struct nc_report_run *run;
    int run_number;
    enum kind kind;
    struct point *points;
    int count;
};

struct chart {
    char name[NAME];
    struct curve *curves;
    int count;
    double low[2], high[2]; /* x, y */
};

struct charts {
    struct chart chart[MOST_CHARTS];
    int count;
};

/* ---- What belongs together --------------------------------------------------------------------------------------- */

static int has_column(const struct nc_report_run *r, const char *name)
{
    for (int i = 0; i < r->scalars.column_count; i++)
        if (strcmp(r->scalars.columns[i].name, name) == 0)
            return 1;
    return 0;
}

/* The chart of a column, and what it shows there: train_loss, loss_train and test_loss are curves of `loss`. 0: another
 * column has the same numbers. */
static int place_of(const struct nc_report_run *r, const char *column, char chart[NAME], enum kind *kind)
{
    char same[NAME + 8];
    const size_t length = strlen(column);
    *kind = TEST;
    if (strncmp(column, "train_", 6) == 0) {
        *kind = strcmp(column, "train_loss_sum") == 0 ? EPOCHS : STEPS;
        snprintf(chart, NAME, "%s", column + 6);
    } else if (strncmp(column, "test_", 5) == 0) {
        snprintf(chart, NAME, "%s", column + 5);
    } else if (length > 6 && strcmp(column + length - 6, "_train") == 0) {
        *kind = EPOCHS;
        snprintf(chart, NAME, "%.*s", (int)length - 6, column);
    } else if (length > 5 && strcmp(column + length - 5, "_test") == 0) {
        snprintf(chart, NAME, "%.*s", (int)length - 5, column);
        snprintf(same, sizeof same, "test_%s", chart);
        return !has_column(r, same);
    } else {
        *kind = strncmp(column, "lr", 2) == 0 ? STEPS : EPOCHS;
        snprintf(chart, NAME, "%s", column);
    }
    return 1;
}

static struct chart *find_chart(struct charts *charts, const char *name)
{
    for (int i = 0; i < charts->count; i++)
        if (strcmp(charts->chart[i].name, name) == 0)
            return &charts->chart[i];
    if (charts->count == MOST_CHARTS)
        return NULL;
    struct chart *chart = &charts->chart[charts->count++];
    *chart = (struct chart){.low = {INFINITY, INFINITY}, .high = {-INFINITY, -INFINITY}};
    snprintf(chart->name, sizeof chart->name, "%s", name);
    return chart;
}

static void widen(struct chart *chart, const struct point *p)
{
    chart->low[0] = fmin(chart->low[0], p->x);
    chart->high[0] = fmax(chart->high[0], p->x);
    if (isfinite(p->y)) {
        chart->low[1] = fmin(chart->low[1], p->y);
        chart->high[1] = fmax(chart->high[1], p->y);
    }
}

/* Of stretches of a long curve the lowest and the highest points stay, in their order: what is drawn looks the same. */
static int thin(struct point *points, int count)
{
    if (count <= MOST_POINTS)
        return count;
    int kept = 0;
    const int stretches = MOST_POINTS / 2;
    for (int s = 0; s < stretches; s++) {
        const int first = (int)((long long)count * s / stretches), end = (int)((long long)count * (s + 1) / stretches);
        int low = first, high = first;
        for (int i = first; i < end; i++) {
            low = !(points[i].y >= points[low].y) ? i : low;
            high = !(points[i].y <= points[high].y) ? i : high;
        }
        const struct point a = points[low < high ? low : high], b = points[low < high ? high : low];
        points[kept++] = a;
        if (low != high)
            points[kept++] = b;
    }
    return kept;
}

static void add_curve(struct charts *charts, const struct nc_report_run *r, int number, int column)
{
    const struct nc_report_table *t = &r->scalars;
    const struct nc_report_column *c = &t->columns[column];
    char name[NAME];
    enum kind kind;
    struct chart *chart = place_of(r, c->name, name, &kind) ? find_chart(charts, name) : NULL;
    if (chart == NULL)
        return;
    struct curve curve = {.run = r, .run_number = number, .kind = kind,
                          .points = nc_memory(NULL, t->rows + 1, sizeof *curve.points, "the report")};
    for (int i = 0; i < t->rows; i++) {
        if (!c->there[i])
            continue;
        const struct point p = {(double)t->step[i], isfinite(c->value[i]) ? c->value[i] : NAN};
        curve.points[curve.count++] = p;
        widen(chart, &p);
    }
    curve.count = thin(curve.points, curve.count);
    if (curve.count == 0) {
        free(curve.points);
        return;
    }
    chart->curves = nc_memory_grow(NULL, chart->curves, chart->count + 1, sizeof *chart->curves, "the report");
    chart->curves[chart->count++] = curve;
}

/* ---- A chart ----------------------------------------------------------------------------------------------------- */

/* 1, 2 or 5 times a power of ten: so many of them make the range of about `wanted` steps. */
static double nice_step(double range, int wanted)
{
    const double rough = range / wanted, power = pow(10, floor(log10(rough))), share = rough / power;
    return (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10) * power;
}

/* Room around what is flat, and a little around all. */
static void settle_range(struct chart *chart)
{
    for (int axis = 0; axis < 2; axis++) {
        double *low = &chart->low[axis], *high = &chart->high[axis];
        if (!(*low <= *high))
            *low = *high = 0;
        const double range = *high - *low;
        const double room = range > 0 ? axis * 0.04 * range : *low != 0 ? fabs(*low) * 0.1 : 0.5;
        *low -= room;
        *high += room;
    }
}

static double at_x(const struct chart *chart, double x)
{
    return LEFT + (x - chart->low[0]) / (chart->high[0] - chart->low[0]) * (WIDTH - LEFT - RIGHT);
}

static double at_y(const struct chart *chart, double y)
{
    return HEIGHT - BOTTOM - (y - chart->low[1]) / (chart->high[1] - chart->low[1]) * (HEIGHT - TOP - BOTTOM);
}

static void put_axes(FILE *to, const struct chart *chart)
{
    const double step[2] = {nice_step(chart->high[0] - chart->low[0], 5), nice_step(chart->high[1] - chart->low[1], 5)};
    fputs("<g class=\"axes\">", to);
    for (double y = ceil(chart->low[1] / step[1]) * step[1]; y <= chart->high[1]; y += step[1])
        fprintf(to, "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>",
                LEFT, at_y(chart, y), WIDTH - RIGHT, LEFT - 5, at_y(chart, y) + 3.5, fabs(y) < step[1] / 1e6 ? 0 : y);
    for (double x = ceil(chart->low[0] / step[0]) * step[0]; x <= chart->high[0]; x += step[0])
        fprintf(to, "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.6g"
                "</text>", at_x(chart, x), TOP, HEIGHT - BOTTOM, at_x(chart, x), HEIGHT - BOTTOM + 14, x);
    fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">step</text></g>\n", WIDTH - RIGHT, HEIGHT - 3);
}

/* A curve has the colour of its run; of one run that of its kind. */
static int colour_of(const struct curve *curve, int runs)
{
    return (runs > 1 ? curve->run_number : curve->kind == TEST ? 1 : 0) % NC_REPORT_COLOURS;
}

static void put_curve(FILE *to, const struct chart *chart, const struct curve *curve, int runs)
{
    int open = 0;
    fprintf(to, "<path class=\"curve %s c%d\" d=\"", kind_classes[curve->kind], colour_of(curve, runs));
    for (int i = 0; i < curve->count; i++) {
        const struct point *p = &curve->points[i];
        const int alone = isfinite(p->y) && !open && (i + 1 == curve->count || !isfinite(p[1].y));
        if (alone) /* a ring, which a line without length would not be in every browser */
            fprintf(to, "M%.1f %.1fa2 2 0 1 0 4 0a2 2 0 1 0 -4 0", at_x(chart, p->x) - 2, at_y(chart, p->y));
        else if (isfinite(p->y))
            fprintf(to, "%c%.1f %.1f", open ? 'L' : 'M', at_x(chart, p->x), at_y(chart, p->y));
        open = isfinite(p->y);
    }
    fputs("\"/>\n", to);
}

static void put_legend_name(FILE *to, const struct curve *curve, int runs)
{
    if (runs > 1) {
        nc_html_text(to, curve->run->label);
        fputs(": ", to);
    }
    fputs(kind_names[curve->kind], to);
}

static void put_chart(FILE *to, const struct chart *chart, int number, int runs)
{
    fprintf(to, "<figure class=\"chart\" data-chart=\"%d\"><figcaption>", number);
    nc_html_text(to, chart->name);
    fprintf(to, "</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
    nc_html_text(to, chart->name);
    fputs(" by step\">\n", to);
    put_axes(to, chart);
    for (int i = 0; i < chart->count; i++)
        put_curve(to, chart, &chart->curves[i], runs);
    fputs("</svg>\n<ul class=\"legend\">", to);
    for (int i = 0; i < chart->count; i++) {
        const struct curve *curve = &chart->curves[i];
        int gaps = 0;
        for (int k = 0; k < curve->count; k++)
            gaps += !isfinite(curve->points[k].y);
        fprintf(to, "<li data-curve=\"%d\"><svg class=\"key\" viewBox=\"0 0 26 10\"><path class=\"curve %s c%d\" "
                    "d=\"M1 5H25\"/></svg>", i, kind_classes[curve->kind], colour_of(curve, runs));
        put_legend_name(to, curve, runs);
        if (gaps > 0)
            fprintf(to, " <em>(%d not finite)</em>", gaps);
        fputs("</li>", to);
    }
    fputs("</ul></figure>\n", to);
}

/* ---- The same as data -------------------------------------------------------------------------------------------- */

static void put_data(FILE *to, const struct charts *charts, int runs)
{
    fprintf(to, "{\"box\": [%d, %d, %d, %d, %d, %d], \"charts\": [", WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM);
    for (int i = 0; i < charts->count; i++) {
        const struct chart *chart = &charts->chart[i];
        fprintf(to, "%s{\"low\": [%.9g, %.9g], \"high\": [%.9g, %.9g], \"curves\": [", i > 0 ? "," : "", chart->low[0],
                chart->low[1], chart->high[0], chart->high[1]);
        for (int k = 0; k < chart->count; k++) {
            const struct curve *curve = &chart->curves[k];
            fprintf(to, "%s{\"name\": ", k > 0 ? "," : "");
            nc_json_text(to, runs > 1 ? curve->run->label : "");
            fprintf(to, ", \"kind\": \"%s\", \"points\": [", kind_names[curve->kind]);
            for (int p = 0; p < curve->count; p++) {
                fprintf(to, isfinite(curve->points[p].y) ? "%s[%.9g,%.7g]" : "%s[%.9g,null]", p > 0 ? "," : "",
                        curve->points[p].x, curve->points[p].y);
            }
            fputs("]}", to);
        }
        fputs("]}", to);
    }
    fputs("]}\n", to);
}

/* JSON within a script must not end it: < stands in texts alone, where \u003c is the same. */
static void put_script(FILE *to, const struct charts *charts, int runs)
{
    char *text;
    size_t size;
    FILE *stream = nc_memory_stream(NULL, &text, &size, "the report");
    put_data(stream, charts, runs);
    fclose(stream);
    fputs("<script type=\"application/json\" id=\"curves\">", to);
    for (size_t i = 0; i < size; i++)
        fputs(text[i] == '<' ? "\\u003c" : (const char[]){text[i], 0}, to);
    fputs("</script>\n", to);
    free(text);
}

void nc_report_curves(FILE *to, const struct nc_report_run *runs, int count)
{
    struct charts *charts = nc_memory(NULL, 1, sizeof *charts, "the report");
    for (int r = 0; r < count; r++)
        for (int c = 0; c < runs[r].scalars.column_count; c++)
            add_curve(charts, &runs[r], r, c);
    int kept = 0;
    for (int i = 0; i < charts->count; i++)
        if (charts->chart[i].count > 0)
            charts->chart[kept++] = charts->chart[i];
    charts->count = kept;
    fputs("<section id=\"section-curves\"><h2>Curves</h2>\n", to);
    if (kept == 0)
        fputs("<p>Nothing is logged yet.</p>\n", to);
    else
        fputs("<p class=\"hint script\">Point at a chart to read values; drag across to look closer, double-click for "
              "all; click a name to hide its curve.</p>\n", to);
    fputs("<div class=\"charts\">\n", to);
    for (int i = 0; i < kept; i++) {
        settle_range(&charts->chart[i]);
        put_chart(to, &charts->chart[i], i, count);
    }
    fputs("</div>\n", to);
    put_script(to, charts, count);
    fputs("</section>\n", to);
    for (int i = 0; i < kept; i++) {
        for (int k = 0; k < charts->chart[i].count; k++)
            free(charts->chart[i].curves[k].points);
        free(charts->chart[i].curves);
    }
    free(charts);
}
