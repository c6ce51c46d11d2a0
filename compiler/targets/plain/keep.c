/* What becomes of parameters beside learning: files to begin with and to end in, and the end of a run by a metric. */
#include <string.h>

#include "model/structure.h"
#include "targets/plain/plain.h"

enum { PATIENCE, METRIC, MIN_DELTA, MODE, RESTORE_BEST }; /* of `stop` */

bool plain_loads(const Plain *p)
{
    return p->program->train->load || network_has_weights(p->program->train->network);
}

bool plain_restores(const Train *train)
{
    return train->stop && train->stop->at[RESTORE_BEST].i;
}

int plain_stop_metric(const Train *train)
{
    static const char *const names[] = {"", "test_loss", "test_accuracy", "train_loss", "train_accuracy"};
    for (int i = 1; i < (int)(sizeof names / sizeof *names); i++)
        if (!strcmp(names[i], train->stop->at[METRIC].s))
            return i;
    return 0;
}

int64_t plain_parameter_numbers(const Plain *p)
{
    int64_t count = 0;
    for (int i = 0; i < p->graph->values.count; i++)
        if (p->graph->values.at[i]->producer->kind == OP_PARAMETER)
            count += shape_count(p->graph->values.at[i]->shape);
    return count;
}

/* The most bytes of the table of a safetensors file. */
static size_t table_size(const Network *network)
{
    size_t size = 8;
    for (int i = 0; i < network->parameters.count; i++)
        size += strlen(network->parameters.at[i]->name) + 200;
    return size;
}

static void print_save(Plain *p)
{
    plain_set(p, "table", "%zu", table_size(p->program->train->network));
    plain_print(p, "/* Writes the parameters as safetensors: the length of a table, the table, the numbers. */\n"
                   "static void save(const char *path)\n"
                   "{\n"
                   "static char table[$table];\n"
                   "unsigned long long length = 0, at = 0;\n"
                   "FILE *file = fopen(path, \"wb\");\n"
                   "if (file == NULL) {\n"
                   "fprintf(stderr, \"%s cannot be written\\n\", path);\n"
                   "exit(1);\n"
                   "}\n"
                   "for (int p = 0; p < PARAMETERS; p++) {\n"
                   "int size = parameters[p].whole ? 8 : 4;\n"
                   "length += sprintf(table + length, \"%s\\\"%s\\\":{\\\"dtype\\\":\\\"%s\\\",\\\"shape\\\":[%s],"
                   "\\\"data_offsets\\\":[%llu,%llu]}\", p > 0 ? \",\" : \"{\", parameters[p].name, "
                   "size == 8 ? \"I64\" : \"F32\", parameters[p].shape, at, at + parameters[p].count * size);\n"
                   "at += parameters[p].count * size;\n"
                   "}\n"
                   "length += sprintf(table + length, \"}\");\n"
                   "fwrite(&length, 8, 1, file);\n"
                   "fwrite(table, 1, length, file);\n"
                   "for (int p = 0; p < PARAMETERS; p++)\n"
                   "for (int i = 0; i < parameters[p].count; i++) {\n"
                   "float number = parameters[p].w[i];\n"
                   "long long whole = parameters[p].w[i];\n"
                   "if (parameters[p].whole)\n"
                   "fwrite(&whole, 8, 1, file);\n"
                   "else\n"
                   "fwrite(&number, 4, 1, file);\n"
                   "}\n"
                   "if (fclose(file) != 0)\n"
                   "exit(1);\n"
                   "}\n"
                   "\n");
}

static void print_load(Plain *p)
{
    plain_print(p, "/* Reads the parameters to begin with from a safetensors file. */\n"
                   "static void load(const char *path)\n"
                   "{\n"
                   "unsigned long long length = 0, first, end;\n"
                   "char *table = NULL, name[$table];\n"
                   "FILE *file = fopen(path, \"rb\");\n"
                   "if (file != NULL && fread(&length, 8, 1, file) == 1 && length < 100000000)\n"
                   "table = calloc(length + 1, 1);\n"
                   "if (table == NULL || fread(table, 1, length, file) != length) {\n"
                   "fprintf(stderr, \"%s is no safetensors file\\n\", path);\n"
                   "exit(1);\n"
                   "}\n"
                   "for (int p = 0; p < PARAMETERS; p++) {\n"
                   "size_t size = parameters[p].whole ? 8 : 4, read = 0;\n"
                   "sprintf(name, \"\\\"%s\\\":{\", parameters[p].name);\n"
                   "const char *at = strstr(table, name);\n"
                   "at = at == NULL ? NULL : strstr(at, \"\\\"data_offsets\\\":[\");\n"
                   "if (at != NULL && sscanf(at, \"\\\"data_offsets\\\":[%llu,%llu]\", &first, &end) == 2 && "
                   "end == first + parameters[p].count * size && fseek(file, 8 + length + first, SEEK_SET) == 0)\n"
                   "for (int i = 0; i < parameters[p].count; i++) {\n"
                   "float number = 0;\n"
                   "long long whole = 0;\n"
                   "read += fread(parameters[p].whole ? (void *)&whole : (void *)&number, 1, size, file);\n"
                   "parameters[p].w[i] = parameters[p].whole ? whole : number;\n"
                   "}\n"
                   "if (read != parameters[p].count * size) {\n"
                   "fprintf(stderr, \"%s has no %s of %d numbers\\n\", path, parameters[p].name, "
                   "parameters[p].count);\n"
                   "exit(1);\n"
                   "}\n"
                   "}\n"
                   "free(table);\n"
                   "fclose(file);\n"
                   "}\n"
                   "\n");
}

static void print_stop(Plain *p)
{
    const Arg *args = p->program->train->stop->at;
    bool most = !strcmp(args[MODE].s, "max") ||
                (!strcmp(args[MODE].s, "auto") && strstr(args[METRIC].s, "accuracy"));
    plain_set(p, "worst", "%s", most ? "-HUGE_VAL" : "HUGE_VAL");
    plain_set(p, "better", most ? "value - %s > best.metric" : "value + %s < best.metric",
              plain_number(p, args[MIN_DELTA].f));
    plain_set(p, "patience", "%d", (int)(args[PATIENCE].i > 0 ? args[PATIENCE].i : 1));
    plain_print(p, "/* The best epoch so far, and how many have been since. */\n"
                   "static struct best {\n"
                   "double metric;\n"
                   "int waited;\n"
                   "} best = {$worst, 0};\n"
                   "\n"
                   "?restore /* Copies all parameters to where the best epoch's are kept, or back. */\n"
                   "?restore static void exchange_best(int back)\n"
                   "?restore {\n"
                   "?restore real *kept = a.best;\n"
                   "?restore for (int p = 0; p < PARAMETERS; p++) {\n"
                   "?restore size_t size = parameters[p].count * sizeof *kept;\n"
                   "?restore memcpy(back ? parameters[p].w : kept, back ? kept : parameters[p].w, size);\n"
                   "?restore kept += parameters[p].count;\n"
                   "?restore }\n"
                   "?restore }\n"
                   "?restore \n"
                   "/* Whether training ends early: for so many epochs the metric has not become better. */\n"
                   "static int stops(double value)\n"
                   "{\n"
                   "best.waited++;\n"
                   "if ($better) {\n"
                   "best.metric = value;\n"
                   "best.waited = 0;\n"
                   "?restore exchange_best(0);\n"
                   "}\n"
                   "return best.waited >= $patience;\n"
                   "}\n"
                   "\n");
}

void plain_print_keeping(Plain *p)
{
    print_save(p);
    if (plain_loads(p))
        print_load(p);
    if (p->program->train->stop)
        print_stop(p);
}
