#include "csv.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

enum { MOST_COLUMNS = 100000 };

/* A cell on its way through the file. */
struct cell {
    size_t at;     /* where it begins, at its quote if it has one */
    size_t from, to; /* its content */
    int quoted;
};

/* ---- Places and errors ------------------------------------------------------------------------------------------- */

static int ends_line(const struct nc_csv *csv, size_t at)
{
    return csv->text[at] == '\n' || (csv->text[at] == '\r' && (at + 1 == csv->size || csv->text[at + 1] != '\n'));
}

/* Prints "PATH:LINE:COLUMN" of the byte at `at`. */
static void print_place(const struct nc_csv *csv, size_t at, char *text, size_t capacity)
{
    size_t line = 1, begin = 0;
    for (size_t i = 0; i < at; i++) {
        int end = ends_line(csv, i);
        line += end;
        begin = end ? i + 1 : begin;
    }
    snprintf(text, capacity, "%s:%zu:%zu", csv->path, line, at - begin + 1);
}

/* Prints "set: PATH:LINE:COLUMN: ..." for the byte at `at`. */
__attribute__((format(printf, 4, 0)))
_Noreturn static void fail_at(const struct nc_csv *csv, size_t at, const char *hint, const char *format,
                              va_list arguments)
{
    char what[1024], place[1024];
    vsnprintf(what, sizeof what, format, arguments);
    print_place(csv, at, place, sizeof place);
    nc_fail(csv->data->run, hint, "%s: %s: %s", csv->data->name, place, what);
}

__attribute__((format(printf, 4, 5)))
_Noreturn static void fail_byte(const struct nc_csv *csv, size_t at, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_at(csv, at, hint, format, arguments);
}

/* ---- Cells ------------------------------------------------------------------------------------------------------- */

static int is_blank(const struct nc_csv *csv, size_t at)
{
    return at < csv->size && (csv->text[at] == ' ' || (csv->text[at] == '\t' && csv->delimiter != '\t'));
}

static int is_line_end(const struct nc_csv *csv, size_t at)
{
    return at >= csv->size || csv->text[at] == '\n' || csv->text[at] == '\r';
}

static int is_delimiter(const struct nc_csv *csv, size_t at)
{
    return csv->delimiter == ' ' ? is_blank(csv, at) : at < csv->size && csv->text[at] == (unsigned char)csv->delimiter;
}

static size_t skip_blanks(const struct nc_csv *csv, size_t at)
{
    while (is_blank(csv, at))
        at++;
    return at;
}

/* Reads the cell that begins at `at`, behind blanks. Returns where its delimiter or its line's end is. */
static size_t read_cell(const struct nc_csv *csv, size_t at, struct cell *cell)
{
    at = skip_blanks(csv, at);
    *cell = (struct cell){.at = at, .from = at, .to = at};
    if (at < csv->size && csv->text[at] == '"') {
        cell->quoted = 1;
        cell->from = ++at;
        while (at < csv->size && (csv->text[at] != '"' || (at + 1 < csv->size && csv->text[at + 1] == '"')))
            at += csv->text[at] == '"' ? 2 : 1;
        if (at >= csv->size)
            fail_byte(csv, cell->at, "close it, or double a quote that stands in a text", "this quote is not closed");
        cell->to = at++;
        size_t next = skip_blanks(csv, at);
        if (!is_line_end(csv, next) && !is_delimiter(csv, next) && !(csv->delimiter == ' ' && next > at))
            fail_byte(csv, next, "double a quote that stands in a text", "a cell goes on behind its closing quote");
        return next;
    }
    while (!is_line_end(csv, at) && !is_delimiter(csv, at))
        at++;
    cell->to = at;
    while (cell->to > cell->from && is_blank(csv, cell->to - 1))
        cell->to--;
    return at;
}

/* Where the next row begins: behind this line's end and empty lines. */
static size_t next_row(const struct nc_csv *csv, size_t at)
{
    for (;;) {
        while (at < csv->size && (csv->text[at] == '\n' || csv->text[at] == '\r'))
            at++;
        size_t next = skip_blanks(csv, at);
        if (next >= csv->size || !is_line_end(csv, next))
            return next >= csv->size ? next : at;
        at = next;
    }
}

/* Steps over the delimiter behind a cell; false at the end of the row. */
static int step_over(const struct nc_csv *csv, size_t *at)
{
    if (csv->delimiter == ' ') {
        *at = skip_blanks(csv, *at);
        return !is_line_end(csv, *at);
    }
    if (is_line_end(csv, *at))
        return 0;
    ++*at;
    return 1;
}

/* What pandas.read_csv takes for a value that is not there. */
static int is_missing(const char *text, size_t length)
{
    static const char *const words[] = {
        "", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "n/a", "-nan", "-NaN", "<NA>", "#N/A", "#NA",
        "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
    };
    for (size_t i = 0; length <= 8 && i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
            return 1;
    return 0;
}

static int classify(const struct nc_csv *csv, const struct cell *cell, double *value)
{
    const char *text = (const char *)csv->text + cell->from;
    size_t length = cell->to - cell->from;
    if (nc_number(text, length, value))
        return NC_CELL_NUMBER;
    *value = (double)cell->at;
    return is_missing(text, length) ? NC_CELL_MISSING : NC_CELL_WORD;
}

/* The content of a cell, its doubled quotes made one. */
static char *copy_cell(const struct nc_csv *csv, const struct cell *cell)
{
    char *text = nc_memory(csv->data->run, (long long)(cell->to - cell->from) + 1, 1, "a cell"), *to = text;
    for (size_t i = cell->from; i < cell->to; i++) {
        *to++ = (char)csv->text[i];
        i += cell->quoted && csv->text[i] == '"';
    }
    return text;
}

/* ---- The file ---------------------------------------------------------------------------------------------------- */

/* The first row: how many columns there are, and whether it is a header. */
static size_t read_first(struct nc_csv *csv, size_t at)
{
    struct cell cell;
    double value;
    size_t first = at;
    int numbers = 0;
    do {
        at = read_cell(csv, at, &cell);
        numbers += classify(csv, &cell, &value) == NC_CELL_NUMBER;
        if (++csv->columns > MOST_COLUMNS)
            fail_byte(csv, cell.at, "is the delimiter right, and are there line ends?",
                      "a row of more than %d cells is no table's", MOST_COLUMNS);
    } while (step_over(csv, &at));
    if (csv->header < 0)
        csv->header = numbers == 0;
    if (!csv->header)
        return first;
    csv->names = nc_memory(csv->data->run, csv->columns, sizeof *csv->names, "a table");
    at = first;
    for (int i = 0; i < csv->columns; i++) {
        at = read_cell(csv, at, &cell);
        csv->names[i] = copy_cell(csv, &cell);
        step_over(csv, &at);
    }
    return next_row(csv, at);
}

static void *grow(const struct nc_csv *csv, void *memory, size_t count, size_t size)
{
    return nc_memory_grow(csv->data->run, memory, (long long)count, (long long)size, csv->path);
}

static void make_room(struct nc_csv *csv, int *capacity)
{
    if (csv->rows < *capacity)
        return;
    if (*capacity > INT_MAX / 2)
        nc_fail(csv->data->run, NULL, "%s: %s has too many rows", csv->data->name, csv->path);
    *capacity = *capacity ? *capacity * 2 : 1024;
    size_t cells = (size_t)*capacity * (size_t)csv->columns;
    csv->row_at = grow(csv, csv->row_at, (size_t)*capacity, sizeof *csv->row_at);
    csv->value = grow(csv, csv->value, cells, sizeof *csv->value);
    csv->kind = grow(csv, csv->kind, cells, sizeof *csv->kind);
}

static size_t read_row(struct nc_csv *csv, size_t at)
{
    static const char hint[] = "a cell that holds a delimiter stands in quotes; delimiter= says another one";
    size_t first = (size_t)csv->rows * (size_t)csv->columns;
    struct cell cell;
    int count = 0;
    csv->row_at[csv->rows] = at;
    do {
        at = read_cell(csv, at, &cell);
        if (count == csv->columns)
            fail_byte(csv, cell.at, hint, "a cell too many: the first row has %d", csv->columns);
        csv->kind[first + (size_t)count] = (unsigned char)classify(csv, &cell, &csv->value[first + (size_t)count]);
        count++;
    } while (step_over(csv, &at));
    if (count < csv->columns)
        fail_byte(csv, at, hint, "the row ends after %d cells; the first row has %d", count, csv->columns);
    csv->rows++;
    return next_row(csv, at);
}

static void check_text(const struct nc_csv *csv)
{
    static const char hint[] = "save it as text: comma separated values, UTF-8";
    if (csv->size >= 2 && (memcmp(csv->text, "\xff\xfe", 2) == 0 || memcmp(csv->text, "\xfe\xff", 2) == 0))
        fail_byte(csv, 0, hint, "this is UTF-16");
    const char *kind = nc_file_kind(csv->text, csv->size);
    if (kind)
        nc_fail(csv->data->run, "CSV takes text files, a line a sample, with the columns that the model is "
                "trained on; pictures are for ImageFolder and LabeledImages, arrays for NPY and NPZ",
                "%s: %s is %s and no table", csv->data->name, csv->path, kind);
    const unsigned char *zero = csv->size ? memchr(csv->text, 0, csv->size) : NULL;
    if (zero)
        fail_byte(csv, (size_t)(zero - csv->text), hint, "a zero byte: this is no text");
}

const char *nc_csv_hint(const struct nc_csv *csv)
{
    static const struct {
        char delimiter;
        const char *hint;
    } known[] = {{';', "there are semicolons between cells: delimiter=\";\""},
                 {'\t', "there are tabs between cells: delimiter=\"\\t\""},
                 {',', "there are commas between cells: leave delimiter out"},
                 {'|', "there are bars between cells: delimiter=\"|\""}};
    const char *text = (const char *)csv->text, *end = csv->size ? memchr(text, '\n', csv->size) : NULL;
    size_t length = end != NULL ? (size_t)(end - text) : csv->size;
    for (size_t i = 0; csv->columns == 1 && length > 0 && i < sizeof known / sizeof *known; i++)
        if (known[i].delimiter != csv->delimiter && memchr(text, known[i].delimiter, length) != NULL)
            return known[i].hint;
    return NULL;
}

int nc_csv_open(struct nc_csv *csv)
{
    return nc_map_file(csv->data->run, csv->data->name, csv->path, &csv->text, &csv->size);
}

void nc_csv_read(struct nc_csv *csv)
{
    int capacity = 0, error = csv->text == NULL ? nc_csv_open(csv) : 0;
    if (error)
        nc_fail(csv->data->run,
                error == ENOENT ? "a relative path begins in the folder of the .net file, or in that of --data" : NULL,
                "%s: cannot open %s: %s", csv->data->name, csv->path, strerror(error));
    check_text(csv);
    size_t begin = csv->size >= 3 && memcmp(csv->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, at = next_row(csv, begin);
    if (at < csv->size)
        at = read_first(csv, at);
    while (at < csv->size) {
        make_room(csv, &capacity);
        at = read_row(csv, at);
    }
    if (csv->rows == 0)
        nc_fail(csv->data->run, csv->header > 0 ? "header=False says that the first row is data" : NULL,
                "%s: %s has no rows%s", csv->data->name, csv->path, csv->header > 0 ? " below its header" : "");
}

void nc_csv_free_values(struct nc_csv *csv)
{
    free(csv->value);
    free(csv->kind);
    csv->value = NULL;
    csv->kind = NULL;
}

/* The cell of a row that begins at `at`. */
static struct cell find_cell(const struct nc_csv *csv, size_t at, int column)
{
    struct cell cell;
    for (int i = 0; i <= column; i++) {
        at = read_cell(csv, at, &cell);
        step_over(csv, &at);
    }
    return cell;
}

char *nc_csv_word(const struct nc_csv *csv, int row, int column)
{
    size_t at = (size_t)row * (size_t)csv->columns + (size_t)column;
    struct cell cell;
    if (csv->kind[at] == NC_CELL_NUMBER)
        cell = find_cell(csv, csv->row_at[row], column);
    else
        read_cell(csv, (size_t)csv->value[at], &cell);
    return copy_cell(csv, &cell);
}

void nc_csv_place(const struct nc_csv *csv, int row, int column, char *text, size_t capacity)
{
    print_place(csv, find_cell(csv, csv->row_at[row], column).at, text, capacity);
}

size_t nc_csv_line(struct nc_csv *csv, int row)
{
    if (csv->row_at[row] < csv->line_at)
        csv->line_at = csv->lines = 0;
    for (; csv->line_at < csv->row_at[row]; csv->line_at++)
        csv->lines += (size_t)ends_line(csv, csv->line_at);
    return csv->lines + 1;
}

void nc_csv_fail(const struct nc_csv *csv, int row, int column, const char *hint, const char *format, ...)
{
    size_t at = row < 0 ? next_row(csv, csv->size >= 3 && csv->text[0] == 0xef ? 3 : 0) : csv->row_at[row];
    va_list arguments;
    va_start(arguments, format);
    fail_at(csv, find_cell(csv, at, column).at, hint, format, arguments);
}

void nc_csv_drop(struct nc_csv *csv, const unsigned char *drop)
{
    size_t columns = (size_t)csv->columns;
    int kept = 0;
    for (int row = 0; row < csv->rows; row++) {
        if (drop[row])
            continue;
        csv->row_at[kept] = csv->row_at[row];
        memmove(csv->value + (size_t)kept * columns, csv->value + (size_t)row * columns, columns * sizeof *csv->value);
        memmove(csv->kind + (size_t)kept * columns, csv->kind + (size_t)row * columns, columns);
        kept++;
    }
    csv->rows = kept;
}
