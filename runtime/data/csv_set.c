/* CSV: a data set of the rows of a text file. Columns of words become categories, those that the .net file names are
 * the targets, the others are numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "data.h"
#include "table.h"

/* What data->own is here. */
struct csv_set {
    struct nc_table table; /* first */
    const char *path;
    int header;            /* -1: as the file looks */
    char delimiter;
    const struct nc_column *targets, *columns, *categorical; /* as the .net file says */
    int target_count, column_count, categorical_count;       /* -1: nothing is said */

    struct nc_csv csv;
    int *target, *feature; /* [target_count], [table.column_count] columns of the file */
};

/* ---- Words ------------------------------------------------------------------------------------------------------- */

/* The different words of a column, each with the order in which it was met. */
struct words {
    char **word;
    int count, room;
    int *slot; /* [slots] index of a word + 1, by its hash; 0: free */
    int slots;
};

static unsigned hash_word(const char *word)
{
    unsigned hash = 2166136261u; /* FNV-1a */
    for (; *word; word++)
        hash = (hash ^ (unsigned char)*word) * 16777619u;
    return hash;
}

static int find_slot(const struct words *words, const char *word)
{
    int at = (int)(hash_word(word) % (unsigned)words->slots);
    while (words->slot[at] && strcmp(words->word[words->slot[at] - 1], word) != 0)
        at = (at + 1) % words->slots;
    return at;
}

static void add_room(const struct nc_data *data, struct words *words)
{
    char **word = words->word;
    words->room = words->room ? words->room * 2 : 64;
    words->slots = words->room * 2;
    words->word = nc_memory(data->run, words->room, sizeof *words->word, "words");
    if (words->count)
        memcpy(words->word, word, (size_t)words->count * sizeof *word);
    free(word);
    free(words->slot);
    words->slot = nc_memory(data->run, words->slots, sizeof *words->slot, "words");
    for (int i = 0; i < words->count; i++)
        words->slot[find_slot(words, words->word[i])] = i + 1;
}

/* The number of a word, which is taken over. */
static int add_word(const struct nc_data *data, struct words *words, char *word)
{
    if (words->count == words->room)
        add_room(data, words);
    int at = find_slot(words, word);
    if (words->slot[at]) {
        free(word);
    } else {
        words->word[words->count] = word;
        words->slot[at] = ++words->count;
    }
    return words->slot[at] - 1;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

/* ---- Columns ----------------------------------------------------------------------------------------------------- */

/* "medv", or "column 13" without a header. */
static const char *column_name(const struct csv_set *set, int column)
{
    const struct nc_csv *csv = &set->csv;
    if (csv->names && csv->names[column][0])
        return csv->names[column];
    char *name = nc_memory(csv->data->run, 24, 1, "a name"); /* lives as long as the data */
    snprintf(name, 24, "%d", column);
    return name;
}

/* "a, b, c, ..." */
static void list_names(const struct nc_csv *csv, char *text, size_t room)
{
    size_t length = 0;
    text[0] = 0;
    for (int i = 0; i < csv->columns && length < room - 80; i++)
        length += (size_t)snprintf(text + length, room - length, "%s%.60s%s", i ? ", " : "", csv->names[i],
                                   i + 1 < csv->columns && length >= room - 144 ? ", ..." : "");
}

/* The column of the file that the .net file names. */
static int find_column(const struct nc_csv *csv, const struct nc_column *wanted, const char *argument)
{
    const struct nc_data *data = csv->data;
    char names[800];
    int found = -1;
    if (!wanted->name) {
        int number = wanted->number < 0 ? wanted->number + csv->columns : wanted->number;
        if (number < 0 || number >= csv->columns)
            nc_fail(data->run, NULL, "%s: %s: %s has no column %d: there are %d, numbered from 0, or from -1 backwards",
                    data->name, csv->path, argument, wanted->number, csv->columns);
        return number;
    }
    if (!csv->names)
        nc_fail(data->run, "name columns by their numbers, from 0, or say header=True if the first row has names",
                "%s: %s has no header, so %s cannot name column '%s'", data->name, csv->path, argument, wanted->name);
    for (int i = 0; i < csv->columns; i++) {
        if (strcmp(csv->names[i], wanted->name) != 0)
            continue;
        if (found >= 0)
            nc_csv_fail(csv, -1, i, "name columns by their numbers, from 0", "two columns are called '%s'",
                        wanted->name);
        found = i;
    }
    list_names(csv, names, sizeof names);
    if (found < 0)
        nc_fail(data->run, nc_csv_hint(csv),
                "%s: %s: %s: no column is called '%s'; there are: %s", data->name, csv->path, argument, wanted->name,
                names);
    return found;
}

/* Columns of a list, each at most once; marked in `taken` by `mark`. */
static int *find_columns(const struct nc_csv *csv, const struct nc_column *wanted, int count, const char *argument,
                         unsigned char *taken, unsigned char mark)
{
    int *found = nc_memory(csv->data->run, count + 1, sizeof *found, "columns");
    for (int i = 0; i < count; i++) {
        found[i] = find_column(csv, &wanted[i], argument);
        if (taken[found[i]] & mark)
            nc_fail(csv->data->run, NULL, "%s: %s has column %d of %s twice", csv->data->name, argument, found[i],
                    csv->path);
        taken[found[i]] |= mark;
    }
    return found;
}

enum { TARGET = 1, FEATURE = 2, CATEGORICAL = 4 };

/* Which columns are what; returns [columns] of marks. */
static unsigned char *choose_columns(struct csv_set *set)
{
    const struct nc_csv *csv = &set->csv;
    const struct nc_run *run = csv->data->run;
    unsigned char *marks = nc_memory(run, csv->columns, 1, "columns");
    set->target = find_columns(csv, set->targets, set->target_count, "target", marks, TARGET);
    if (set->column_count >= 0) {
        set->feature = find_columns(csv, set->columns, set->column_count, "columns", marks, FEATURE);
        set->table.column_count = set->column_count;
    } else {
        set->feature = nc_memory(run, csv->columns, sizeof *set->feature, "columns");
        for (int i = 0; i < csv->columns; i++) {
            if (marks[i] & TARGET)
                continue;
            marks[i] |= FEATURE;
            set->feature[set->table.column_count++] = i;
        }
    }
    if (set->categorical_count >= 0)
        free(find_columns(csv, set->categorical, set->categorical_count, "categorical", marks, CATEGORICAL));
    for (int i = 0; i < csv->columns; i++) {
        if ((marks[i] & TARGET) && (marks[i] & FEATURE))
            nc_fail(run, NULL, "%s: column %s of %s is both a target and part of the samples", csv->data->name,
                    column_name(set, i), csv->path);
        if ((marks[i] & CATEGORICAL) && !(marks[i] & FEATURE))
            nc_fail(run, NULL, "%s: column %s of %s is categorical, but no part of the samples", csv->data->name,
                    column_name(set, i), csv->path);
    }
    if (set->table.column_count == 0)
        nc_fail(run, nc_csv_hint(csv),
                "%s: %s has no column but the target", csv->data->name, csv->path);
    return marks;
}

static int kind_at(const struct nc_csv *csv, int row, int column)
{
    return csv->kind[(size_t)row * (size_t)csv->columns + (size_t)column];
}

static double value_at(const struct nc_csv *csv, int row, int column)
{
    return csv->value[(size_t)row * (size_t)csv->columns + (size_t)column];
}

/* The first row that has a cell of this kind; -1: none. */
static int find_kind(const struct nc_csv *csv, int column, int kind)
{
    for (int row = 0; row < csv->rows; row++)
        if (kind_at(csv, row, column) == kind)
            return row;
    return -1;
}

/* Cells that are not there: their rows go, or they end the program, or are left for later. */
static void treat_missing(struct csv_set *set, const unsigned char *marks)
{
    struct nc_csv *csv = &set->csv;
    unsigned char *drop = nc_memory(csv->data->run, csv->rows, 1, "rows");
    int dropped = 0;
    for (int row = 0; row < csv->rows; row++) {
        for (int i = 0; i < csv->columns; i++) {
            if (kind_at(csv, row, i) != NC_CELL_MISSING || !marks[i])
                continue;
            if (set->table.missing == NC_MISSING_DROP)
                drop[row] = 1;
            else if (marks[i] & TARGET)
                nc_csv_fail(csv, row, i, "missing=\"drop\" leaves such rows out", "the target %s is missing",
                            column_name(set, i));
            else if (set->table.missing == NC_MISSING_ERROR)
                nc_csv_fail(csv, row, i, "missing=\"mean\" or \"median\" fills in the training part's, "
                            "missing=\"drop\" leaves such rows out", "the value of column %s is missing",
                            column_name(set, i));
        }
        dropped += drop[row];
    }
    if (dropped == csv->rows)
        nc_fail(csv->data->run, NULL, "%s: %s: a cell is missing in every row", csv->data->name, csv->path);
    if (dropped)
        nc_csv_drop(csv, drop);
    free(drop);
}

/* ---- From cells to values ---------------------------------------------------------------------------------------- */

/* The numbers of a column, NAN for what is missing; a word ends the program. */
static double *take_numbers(const struct csv_set *set, int column, const char *hint)
{
    const struct nc_csv *csv = &set->csv;
    double *value = nc_memory(csv->data->run, csv->rows, sizeof *value, "a column");
    for (int row = 0; row < csv->rows; row++) {
        int kind = kind_at(csv, row, column);
        if (kind == NC_CELL_WORD)
            nc_csv_fail(csv, row, column, hint, "'%.60s' is no number", nc_csv_word(csv, row, column));
        value[row] = kind == NC_CELL_MISSING ? NAN : value_at(csv, row, column);
    }
    return value;
}

/* The sorted different contents of a column in *names; their places in place[rows], -1 for what is missing. Numbers are
 * sorted as numbers, unless there are words among them. */
static int take_names(const struct csv_set *set, int column, char ***names, int *place)
{
    const struct nc_csv *csv = &set->csv;
    const struct nc_run *run = csv->data->run;
    int count;
    if (find_kind(csv, column, NC_CELL_WORD) < 0) {
        double *different, *value = take_numbers(set, column, NULL);
        count = nc_table_numbers(run, value, csv->rows, &different, place);
        *names = nc_memory(run, count + 1, sizeof **names, "names");
        for (int i = 0; i < count; i++)
            (*names)[i] = nc_table_name(run, different[i]);
        free(different);
        free(value);
        return count;
    }
    struct words words = {0};
    for (int row = 0; row < csv->rows; row++)
        place[row] = kind_at(csv, row, column) == NC_CELL_MISSING
                         ? -1 : add_word(csv->data, &words, nc_csv_word(csv, row, column));
    char ***order = nc_memory(run, words.count + 1, sizeof *order, "words");
    int *sorted = nc_memory(run, words.count + 1, sizeof *sorted, "words");
    *names = nc_memory(run, words.count + 1, sizeof **names, "names");
    for (int i = 0; i < words.count; i++)
        order[i] = &words.word[i];
    qsort(order, (size_t)words.count, sizeof *order, compare_words);
    for (int i = 0; i < words.count; i++) {
        sorted[order[i] - words.word] = i;
        (*names)[i] = *order[i];
    }
    for (int row = 0; row < csv->rows; row++)
        place[row] = place[row] < 0 ? -1 : sorted[place[row]];
    count = words.count;
    free(order);
    free(sorted);
    free(words.word);
    free(words.slot);
    return count;
}

static void take_column(struct csv_set *set, int place, int categorical)
{
    struct nc_table_column *column = &set->table.columns[place];
    const struct nc_csv *csv = &set->csv;
    int from = set->feature[place];
    column->name = column_name(set, from);
    if (set->categorical_count < 0)
        categorical = find_kind(csv, from, NC_CELL_WORD) >= 0;
    if (!categorical) {
        column->value = take_numbers(set, from, "categorical= names the columns that are words");
        return;
    }
    int *names = nc_memory(csv->data->run, csv->rows, sizeof *names, "a column");
    column->value = nc_memory(csv->data->run, csv->rows, sizeof *column->value, "a column");
    column->categories = take_names(set, from, &column->category, names);
    if (column->categories == 0)
        nc_fail(csv->data->run, NULL, "%s: %s: column %s is empty", csv->data->name, csv->path, column->name);
    for (int row = 0; row < csv->rows; row++)
        column->value[row] = names[row];
    free(names);
}

static void take_classes(struct nc_data *data, struct csv_set *set)
{
    const struct nc_csv *csv = &set->csv;
    int target = set->target[0];
    if (find_kind(csv, target, NC_CELL_WORD) < 0) {
        double *value = take_numbers(set, target, NULL);
        nc_table_labels(data, value, csv->rows);
        free(value);
        return;
    }
    int *labels = nc_memory(data->run, csv->rows, sizeof *labels, "the labels");
    data->classes = take_names(set, target, &set->table.class_names, labels);
    data->class_names = (const char *const *)set->table.class_names;
    data->labels = labels;
}

/* Numbers; or two words, of which the sorted first one is 0 and the other one 1. */
static void take_targets(struct nc_data *data, struct csv_set *set)
{
    const struct nc_csv *csv = &set->csv;
    size_t count = (size_t)set->target_count;
    float *targets = nc_memory(data->run, csv->rows, set->target_count * (long long)sizeof *targets, "the targets");
    int *place = nc_memory(data->run, csv->rows, sizeof *place, "the targets");
    struct nc_target *target = nc_memory(data->run, set->target_count, sizeof *target, "the targets");
    char **names = NULL;
    for (int t = 0; t < set->target_count; t++) {
        int column = set->target[t], words = find_kind(csv, column, NC_CELL_WORD);
        int different = words >= 0 ? take_names(set, column, &names, place) : 0;
        target[t].name = column_name(set, column);
        for (int i = 0; i < different && i < 2; i++)
            target[t].word[i] = names[i];
        if (different > 2)
            nc_csv_fail(csv, words, column, "CrossEntropyLoss() is the loss for classes", "the target '%.60s' is no "
                        "number, and not one of two words", nc_csv_word(csv, words, column));
        for (int row = 0; row < csv->rows; row++) {
            float *to = &targets[(size_t)row * count + (size_t)t];
            *to = words >= 0 ? (float)place[row] : (float)value_at(csv, row, column);
            if (!isfinite(*to))
                nc_csv_fail(csv, row, column, NULL, "the target is too large for a float");
        }
    }
    free(place);
    data->targets = targets;
    data->target = target;
    data->target_floats = set->target_count;
}

static void place_of(const struct nc_data *data, long long row, int column, char *text, size_t room)
{
    const struct csv_set *set = data->own;
    nc_csv_place(&set->csv, (int)row, column < 0 ? set->target[0] : set->feature[column], text, room);
}

static void load(struct nc_data *data)
{
    struct csv_set *set = data->own;
    struct nc_csv *csv = &set->csv;
    *csv = (struct nc_csv){.data = data, .path = nc_data_path(data->run, set->path), .delimiter = set->delimiter,
                           .header = set->header};
    nc_csv_read(csv);
    unsigned char *marks = choose_columns(set);
    treat_missing(set, marks);
    set->table.columns = nc_memory(data->run, set->table.column_count, sizeof *set->table.columns, "columns");
    for (int i = 0; i < set->table.column_count; i++)
        take_column(set, i, marks[set->feature[i]] & CATEGORICAL);
    if (nc_table_has_labels(data, set->target_count))
        take_classes(data, set);
    else
        take_targets(data, set);
    free(marks);
    nc_csv_free_values(csv);
    nc_table_finish(data, csv->rows);
}

static int missing_kind(const struct nc_run *run, const char *missing)
{
    static const char *const names[] = {"error", "drop", "mean", "median"};
    for (int i = 0; i < 4; i++)
        if (strcmp(names[i], missing) == 0)
            return i;
    nc_fail(run, NULL, "CSV: missing is \"error\", \"drop\", \"mean\" or \"median\", not \"%s\"", missing);
}

struct nc_data *nc_csv(struct nc_run *run, const char *name, const char *path, int target_count,
                       const struct nc_column *target, int header, const char *delimiter, int column_count,
                       const struct nc_column *columns, int categorical_count, const struct nc_column *categorical,
                       const char *missing)
{
    struct csv_set *set = nc_memory(run, 1, sizeof *set, "a data set");
    *set = (struct csv_set){.table = {.missing = missing_kind(run, missing), .place = place_of}, .path = path,
                            .header = header, .delimiter = delimiter[0], .targets = target, .columns = columns,
                            .categorical = categorical, .target_count = target_count, .column_count = column_count,
                            .categorical_count = categorical_count};
    struct nc_data *data = nc_data_new(run, name, "CSV", NULL, 1, load);
    free(data->own);
    data->own = set;
    return data;
}
