/* The frame of a library: what stands around the forward pass. In the templates NAME is the library's name. */
#include <inttypes.h>
#include <string.h>

#include "embedded.h"
#include "library.h"
#include "netc.h"
#include "passes/quantize.h"
#include "system/digest.h"
#include "targets/layer_text.h"

enum { HEADER = 64, MAGIC = 16 }; /* bytes in front of the parameters in their file; and of them what the file is */

/* Adds a template with the name filled in. */
void library_put(Text *out, const Library *l, const char *template)
{
    for (const char *at; (at = strstr(template, "NAME")); template = at + 4) {
        text_add_bytes(out, template, (size_t)(at - template));
        text_add(out, l->name);
    }
    text_add(out, template);
}

static int64_t inputs(const Library *l)
{
    return shape_count(l->network->input);
}

static int64_t outputs(const Library *l)
{
    return shape_count(l->network->output);
}

static const char *input_type(const Library *l)
{
    return l->network->tokens ? "int" : "float";
}

static const char *file_name(const Library *l)
{
    const char *slash = strrchr(l->program->source->path, '/');
    return slash ? slash + 1 : l->program->source->path;
}

/* ---- The parameters' file ---------------------------------------------------------------------------------------- */

/* Digests what tells one block from another: which elements lie where. */
static uint64_t digest(Arena *arena, const Library *l)
{
    Text text = text_new(arena);
    for (int i = 0; i < l->core->parameter_count; i++) {
        const struct nc_parameter *p = &l->core->parameters[i];
        text_printf(&text, "%s %lld %lld", p->name, p->offset, p->floats);
        for (int d = 0; d < p->axis_count; d++)
            text_printf(&text, " %lld*%lld", p->axes[d].size, p->axes[d].stride);
        text_add(&text, "\n");
    }
    text_add(&text, l->core->order ? l->core->order : "");
    return nc_digest(NC_NO_BYTES, text.bytes, text.length);
}

/* What the file begins with: what it is; a float, which tells the order of its bytes; and whose parameters they are. */
static const unsigned char *header_bytes(Arena *arena, const Library *l)
{
    unsigned char *header = arena_alloc(arena, HEADER);
    const float one = 1;
    const uint64_t hash = digest(arena, l);
    memcpy(header, "netc weights 1\n", MAGIC);
    memcpy(header + MAGIC, &one, sizeof one);
    memcpy(header + MAGIC + sizeof one, &hash, sizeof hash);
    return header;
}

const unsigned char *library_weights_file(Arena *arena, const Library *l, int64_t *bytes)
{
    const size_t size = (size_t)l->core->block * sizeof *l->weights;
    unsigned char *file = arena_alloc(arena, HEADER + size);
    memcpy(file, header_bytes(arena, l), HEADER);
    memcpy(file + HEADER, l->weights, size);
    *bytes = (int64_t)(HEADER + size);
    return file;
}

/* ---- The header -------------------------------------------------------------------------------------------------- */

static const char *shape_list(Arena *arena, Shape shape)
{
    Text text = text_new(arena);
    for (int d = 0; d < shape.rank; d++)
        text_printf(&text, "%s%" PRId64, d ? ", " : "", shape.dim[d]);
    return text.bytes;
}

/* The data whose transforms samples go through when the model is used: the test data, or the training data. */
static const Data *sample_data(const Library *l)
{
    const Train *train = l->program->train;
    return !train ? NULL : train->test.data ? train->test.data : train->data.data;
}

bool library_prepares(const Library *l)
{
    const Data *data = sample_data(l);
    bool tensor = false;
    if (!data || !data_source(data)->kind->bytes || l->network->input.rank != 3)
        return false;
    for (int i = 0; i < data->transforms.count; i++) {
        const TransformKind *kind = data->transforms.at[i].kind;
        tensor = tensor || kind->stage == STAGE_TO_TENSOR;
        if (tensor && kind->stage != STAGE_TO_TENSOR && !kind->linear)
            return false;
    }
    return tensor;
}

const char *library_left_to_the_caller(Arena *arena, const Library *l, bool prepared)
{
    const Data *data = sample_data(l);
    Text text = text_new(arena);
    for (int i = 0; data && i < data->transforms.count; i++) {
        const Transform *transform = &data->transforms.at[i];
        if (prepared && transform->kind->stage == STAGE_TO_TENSOR)
            break;
        text_printf(&text, "%s%s", text.length ? ", " : "", transform->kind->name);
    }
    return text.bytes;
}

static const char *banner(Arena *arena, const Library *l, const char *what)
{
    return arena_printf(arena, "/* NAME: the model %s of %s%s. Written by netc: change the .net file instead.",
                        l->network->name, file_name(l), what);
}

static void put_prepare_declaration(Text *out, Arena *arena, const Library *l)
{
    const char *before = library_left_to_the_caller(arena, l, true);
    const Shape in = l->network->input;
    text_printf(out, "\n/* Makes a sample x of a picture of %" PRId64 " rows of %" PRId64 " pixels, %s.\n"
                     " * It does what the data's ToTensor and those behind it do. %s%s%s */\n", in.dim[1], in.dim[2],
                in.dim[0] == 3 ? "each 3 bytes, red, green and blue"
                               : arena_printf(arena, "each %" PRId64 " byte%s", in.dim[0], in.dim[0] == 1 ? "" : "s"),
                *before ? "The data's " : "The pixels are as the data have them.", before,
                *before ? " before it are left to the caller." : "");
    library_put(out, l, "void NAME_prepare(const unsigned char *pixels, float *x);\n");
}

void library_put_constant(Text *out, const Library *l, const char *name, int64_t value, const char *about)
{
    text_printf(out, "#define %s_%s %" PRId64 "%s%s%s\n", l->name, name, value, *about ? " /* " : "", about,
                *about ? " */" : "");
}

/* What the numbers of integers stand for: real = scale * (number - zero). */
static void put_scale(Text *out, Arena *arena, const Library *l, const char *what, const Value *value)
{
    const Quantization of = l->core->int8->of[value->id];
    library_put_constant(out, l, arena_printf(arena, "%s_ZERO", what), of.zero, "");
    text_printf(out, "#define %s_%s_SCALE %s\n", l->name, what, text_float_literal(arena, (double)of.scale));
}

static void put_constants(Text *out, Arena *arena, const Library *l, bool embed)
{
    const Shape in = l->network->input, out_shape = l->network->output;
    library_put_constant(out, l, "INPUTS", inputs(l),
                         arena_printf(arena, "numbers of a sample: %s", shape_text(arena, in)));
    library_put_constant(out, l, "OUTPUTS", outputs(l),
                         arena_printf(arena, "numbers that the model makes of it: %s", shape_text(arena, out_shape)));
    library_put_constant(out, l, "INPUT_RANK", in.rank, "");
    library_put_constant(out, l, "OUTPUT_RANK", out_shape.rank, "");
    if (l->network->tokens)
        library_put_constant(out, l, "TOKENS", l->network->tokens, "the numbers of a sample are from 0 to one less");
    if (l->class_count)
        library_put_constant(out, l, "CLASSES", l->class_count, "");
    library_put_constant(out, l, "ARENA_BYTES", l->core->arena > 0 ? l->core->arena : 4,
                         "memory that NAME_predict works in");
    if (!embed)
        library_put_constant(out, l, "WEIGHTS_BYTES", HEADER + l->core->block * 4, "the whole file of the parameters");
    if (l->core->int8) {
        put_scale(out, arena, l, "INPUT", l->core->int8->graph->input);
        put_scale(out, arena, l, "OUTPUT", l->core->int8->output);
    }
    if (l->training)
        library_put_training_constants(out, l);
    library_put_constant(out, l, "SELF_TEST_BYTES",
                         (inputs(l) + outputs(l)) * 4 + (l->core->arena > 0 ? l->core->arena : 4),
                         "memory that the self-test works in");
}

bool library_has_own(const Library *l)
{
    return l->embed && !l->training;
}

const char *library_header(Arena *arena, const Library *l, bool embed)
{
    Text text = text_new(arena), *out = &text;
    const bool prepared = library_prepares(l);
    const char *caller = library_left_to_the_caller(arena, l, false);
    library_put(out, l, banner(arena, l, " as a library, for C and C++"));
    library_put(out, l,
                "\n *\n"
                " * Put NAME.c beside this file into your program, and link libm. Nothing here allocates memory, reads"
                " files, prints or\n"
                " * changes a variable of its own: any number of threads may call, each with an arena of its own.\n");
    if (l->embed && l->training)
        library_put(out, l, " * `weights` is NAME_weights, the trained parameters, or the state of a training.\n");
    else if (!embed)
        library_put(out, l,
                    " * `weights` is the whole file NAME.weights in memory, read or mapped, at an address for"
                    " floats.\n");
    if (!prepared && *caller)
        text_printf(out, " * A sample is as the data's transforms make it: %s.\n", caller);
    library_put(out, l, " */\n#ifndef NAME_H\n#define NAME_H\n\n");
    library_put(out, l, l->training ? "#include <stddef.h>\n\n" : "");
    Text constants = text_new(arena);
    put_constants(&constants, arena, l, embed);
    library_put(out, l, constants.bytes);
    library_put(out, l, l->core->int8 ? "\n#include <stdint.h>\n" : "");
    library_put(out, l,
                "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
                "/* What functions return: 0, or why there is no result. */\n"
                "enum {\n"
                "    NAME_DONE = 0,\n"
                "    NAME_NO_POINTER = 1,    /* an argument is NULL */\n"
                "    NAME_OTHER_WEIGHTS = 2, /* that is no file of parameters of this library */\n"
                "    NAME_NO_TOKEN = 3,      /* a number of the sample is none that the model knows */\n"
                "    NAME_OTHER_OUTPUTS = 4, /* of the self-test: the outputs are others than were recorded */\n");
    library_put(out, l, l->training
                ? "    NAME_NO_STATE = 5,      /* that is no state of this library's training */\n"
                  "    NAME_NO_COUNT = 6,      /* a step takes no such number of samples */\n"
                  "    NAME_NO_CLASS = 7,      /* a target is none of the classes */\n"
                  "    NAME_OTHER_SIZE = 8     /* the parameters and a state have other sizes */\n"
                : "");
    library_put(out, l, "};\n\n");
    text_printf(out, "/* In torch's order: %s, row by row. */\n", l->network->input.rank == 3 ? "channel by channel"
                                                                                            : "the last axis fastest");
    library_put(out, l,
                "extern const int NAME_input_shape[NAME_INPUT_RANK];\n"
                "extern const int NAME_output_shape[NAME_OUTPUT_RANK];\n");
    if (l->classes)
        library_put(out, l,
                    "extern const char *const NAME_classes[NAME_CLASSES]; /* what the numbers of the classes stand for,"
                    " in UTF-8 */\n");
    if (l->embed && l->training)
        library_put(out, l, "extern const void *const NAME_weights; /* NAME_WEIGHTS_BYTES bytes */\n");
    text_printf(out, "\n/* Takes a sample x of %s_INPUTS numbers through the model, as evaluation does, to its"
                     " %s_OUTPUTS outputs y.\n"
                     " * arena: %s_ARENA_BYTES bytes at an address for floats; what is in them before and after is"
                     " of no account. */\n", l->name, l->name, l->name);
    text_printf(out, "int %s_predict(const %s *x, float *y, void *arena%s);\n", l->name, input_type(l),
                embed ? "" : ", const void *weights");
    if (l->core->int8)
        library_put(out, l, arena_printf(arena,
                    "\n/* The same in integers alone. x[i] stands for NAME_INPUT_SCALE * (x[i] -"
                    " NAME_INPUT_ZERO),\n * and y likewise%s. */\n"
                    "int NAME_predict_int8(const int8_t *x, int8_t *y, void *arena);\n",
                    l->core->int8->softmax ? ", which is what the softmax at the end of the model is made of" : ""));
    if (prepared)
        put_prepare_declaration(out, arena, l);
    library_put(out, l,
                "\n/* Makes up a sample, always the same one; and takes it through the model, which must give what was"
                " recorded when the\n"
                " * library was made. memory: NAME_SELF_TEST_BYTES bytes at an address for floats. */\n");
    text_printf(out, "void %s_sample(%s *x);\n", l->name, input_type(l));
    library_put(out, l, embed
                ? "int NAME_self_test(void *memory);\n"
                : "int NAME_self_test(void *memory, const void *weights);\n");
    if (l->training)
        library_put_training_declarations(out, l);
    library_put(out, l, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
    return text.bytes;
}

/* ---- The source -------------------------------------------------------------------------------------------------- */

/* Numbers between commas, in lines of 112 columns. */
static void put_floats(Text *out, const float *numbers, int64_t count)
{
    size_t line = out->length;
    for (int64_t i = 0; i < count; i++) {
        char number[32];
        int length = snprintf(number, sizeof number, "%.9g", (double)numbers[i]);
        const char *ending = strpbrk(number, ".e") ? "f" : ".0f";
        bool breaks = i == 0 || out->length - line + (size_t)length + 5 > 112;
        text_add(out, i == 0 ? "    " : breaks ? ",\n    " : ", ");
        if (breaks)
            line = out->length - 4;
        text_add_bytes(out, number, (size_t)length);
        text_add(out, ending);
    }
    text_add(out, "\n");
}

static void put_tables(Text *out, Arena *arena, const Library *l)
{
    library_put(out, l, arena_printf(arena,
                "const int NAME_input_shape[NAME_INPUT_RANK] = {%s};\n"
                "const int NAME_output_shape[NAME_OUTPUT_RANK] = {%s};\n",
                shape_list(arena, l->network->input), shape_list(arena, l->network->output)));
    for (int i = 0; l->classes && i < l->class_count; i++) {
        library_put(out, l, i == 0 ? "const char *const NAME_classes[NAME_CLASSES] = {\n" : "");
        text_add(out, "    ");
        text_add_quoted(out, l->classes[i]);
        text_add(out, i + 1 == l->class_count ? "\n};\n" : ",\n");
    }
    text_add(out, "\n");
}

static void put_beginning(Text *out, Arena *arena, const Library *l)
{
    const unsigned char *header = header_bytes(arena, l);
    for (int i = 0; i < HEADER; i++)
        text_printf(out, "%s%d", i % 16 == 0 ? i ? ",\n    " : "\n    " : ", ", header[i]);
}

static void put_weights(Text *out, Arena *arena, const Library *l, bool embed)
{
    if (embed && l->core->block) {
        text_add(out, "/* The parameters. */\nstatic const float parameters[] = {\n");
        put_floats(out, l->weights, l->core->block);
        text_add(out, "};\n\n");
    }
    if (embed)
        return;
    text_add(out, "/* What the file of the parameters begins with. */\nstatic const unsigned char beginning[] = {");
    put_beginning(out, arena, l);
    text_add(out, "\n};\n\n");
}

/* The whole file, for those who begin with it. */
static void put_file(Text *out, Arena *arena, const Library *l)
{
    text_printf(out, "/* The parameters as their file has them. */\n"
                     "static const struct {\n"
                     "    unsigned char beginning[%d];\n"
                     "    float parameters[%lld];\n"
                     "} file = {{",
                HEADER, (long long)l->core->block);
    put_beginning(out, arena, l);
    text_add(out, "\n}, {\n");
    put_floats(out, l->weights, l->core->block);
    library_put(out, l, "}};\n\nconst void *const NAME_weights = &file;\n\n");
}

static void put_predict(Text *out, const Library *l, bool embed)
{
    text_printf(out, "int %s_predict(const %s *x, float *y, void *arena%s)\n{\n", l->name, input_type(l),
                embed ? "" : ", const void *weights");
    library_put(out, l, embed
                ? "    if (x == NULL || y == NULL || arena == NULL)\n"
                  "        return NAME_NO_POINTER;\n"
                : "    if (x == NULL || y == NULL || arena == NULL || weights == NULL)\n"
                  "        return NAME_NO_POINTER;\n"
                  "    if (memcmp(weights, beginning, sizeof beginning) != 0)\n"
                  "        return NAME_OTHER_WEIGHTS;\n");
    if (l->network->tokens)
        library_put(out, l,
                    "    for (long i = 0; i < NAME_INPUTS; i++)\n"
                    "        if (x[i] < 0 || x[i] >= NAME_TOKENS)\n"
                    "            return NAME_NO_TOKEN;\n");
    text_printf(out, "    forward(x, y, (float *)arena, %s);\n",
                !embed            ? "(const float *)((const unsigned char *)weights + sizeof beginning)"
                : l->core->block ? "parameters"
                                 : "NULL");
    library_put(out, l, "    return NAME_DONE;\n}\n\n");
}

/* The arithmetic of the data's transforms, in the order and the precision of training. */
static void put_prepare(Text *out, Arena *arena, const Library *l)
{
    const Data *data = sample_data(l);
    const Shape in = l->network->input;
    Text steps = text_new(arena);
    bool tensor = false;
    int number = 0;
    for (int i = 0; i < data->transforms.count; i++) {
        const Transform *transform = &data->transforms.at[i];
        tensor = tensor || transform->kind->stage == STAGE_TO_TENSOR;
        if (!tensor || !transform->kind->linear)
            continue;
        float *shift = arena_alloc(arena, (size_t)in.dim[0] * sizeof *shift);
        float *scale = arena_alloc(arena, (size_t)in.dim[0] * sizeof *scale);
        for (int c = 0; c < (int)in.dim[0]; c++)
            transform->kind->linear(&transform->args, c, &shift[c], &scale[c]);
        number++;
        text_printf(out, "/* %s */\nstatic const float shift_%d[] = {\n", transform->kind->name, number);
        put_floats(out, shift, in.dim[0]);
        text_printf(out, "};\nstatic const float scale_%d[] = {\n", number);
        put_floats(out, scale, in.dim[0]);
        text_add(out, "};\n\n");
        text_printf(&steps, "            value = (value - shift_%d[c]) / scale_%d[c];\n", number, number);
    }
    library_put(out, l, "void NAME_prepare(const unsigned char *pixels, float *x)\n{\n");
    text_printf(out, "    enum { CHANNELS = %" PRId64 ", PIXELS = %" PRId64 " };\n"
                     "    for (long c = 0; c < CHANNELS; c++)\n"
                     "        for (long i = 0; i < PIXELS; i++) {\n"
                     "            float value = (float)pixels[i * CHANNELS + c] / 255.0f;\n"
                     "%s"
                     "            x[c * PIXELS + i] = value;\n"
                     "        }\n"
                     "}\n\n", in.dim[0], in.dim[1] * in.dim[2], steps.bytes);
}

/* The sample is spread evenly over what inputs may be; whole numbers make it, so that every machine has the same. */
static void put_sample(Text *out, const Library *l)
{
    text_printf(out, "void %s_sample(%s *x)\n{\n", l->name, input_type(l));
    library_put(out, l, "    for (unsigned long i = 0; i < NAME_INPUTS; i++)\n");
    if (l->network->tokens)
        library_put(out, l, "        x[i] = (int)((i * 40503ul + 12345ul) % 65536ul % NAME_TOKENS);\n}\n");
    else
        library_put(out, l, "        x[i] = (float)((i * 40503ul + 12345ul) % 65536ul) / 32768.0f - 1.0f;\n}\n");
}

/* Outputs may differ by rounding: by compilers' sums, and by libm's functions. */
static void put_self_test(Text *out, const Library *l, bool embed)
{
    text_add(out, "\n/* What the outputs were when the library was made. */\nstatic const float recorded[] = {\n");
    put_floats(out, l->recorded, l->recorded_count);
    text_printf(out, "};\n\nint %s_self_test(void *memory%s)\n{\n", l->name, embed ? "" : ", const void *weights");
    library_put(out, l,
                "    if (memory == NULL)\n"
                "        return NAME_NO_POINTER;\n");
    text_printf(out, "    %s *x = (%s *)memory;\n", input_type(l), input_type(l));
    library_put(out, l,
                "    float *y = (float *)memory + NAME_INPUTS, largest = 0;\n"
                "    NAME_sample(x);\n");
    library_put(out, l, embed
                ? "    int result = NAME_predict(x, y, y + NAME_OUTPUTS);\n"
                : "    int result = NAME_predict(x, y, y + NAME_OUTPUTS, weights);\n");
    const char *every = l->recorded_step == 1 ? "" : arena_printf(out->arena, " * %" PRId64, l->recorded_step);
    text_printf(out, "    for (long i = 0; i < %d; i++)\n"
                     "        if (fabsf(recorded[i]) > largest)\n"
                     "            largest = fabsf(recorded[i]);\n"
                     "    for (long i = 0; i < %d && result == %s_DONE; i++)\n"
                     "        if (!(fabsf(y[i%s] - recorded[i]) <= 1e-4f * largest + 1e-6f))\n"
                     "            result = %s_OTHER_OUTPUTS;\n"
                     "    return result;\n"
                     "}\n", l->recorded_count, l->recorded_count, l->name, every, l->name);
}

/* Adds the target's text, with the runtime's headers in place of the lines that include them. Those that one of these
 * includes stand before it already. */
static void put_forward(Text *out, const char *text, bool nested)
{
    static const char *const include = "#include \"";
    for (const char *end; *text; text = end) {
        end = strchr(text, '\n') ? strchr(text, '\n') + 1 : text + strlen(text);
        const char *name = strncmp(text, include, strlen(include)) ? NULL : text + strlen(include);
        const EmbeddedText *header = embedded_texts;
        while (name && header->name && strncmp(header->name, name, strcspn(name, "\"")))
            header++;
        if (!name)
            text_add_bytes(out, text, (size_t)(end - text));
        else if (header->name && !nested)
            put_forward(out, header->text, true);
    }
}

const char *library_source(Arena *arena, const Library *l, bool whole)
{
    Text text = text_new(arena), *out = &text;
    const bool embed = library_has_own(l) && !whole;
    library_put(out, l, banner(arena, l, ""));
    text_add(out, "\n *\n");
    layer_table(out, l->network);
    text_add(out, " */\n");
    library_put(out, l, whole ? library_header(arena, l, false) : "#include \"NAME.h\"\n");
    text_add(out, "\n#include <math.h>\n#include <stddef.h>\n#include <string.h>\n\n");
    put_tables(out, arena, l);
    put_weights(out, arena, l, embed);
    if (l->embed && !embed && !whole)
        put_file(out, arena, l);
    put_forward(out, l->forward, false);
    text_add(out, "\n");
    put_predict(out, l, embed);
    if (l->core->int8)
        library_put(out, l,
                    "int NAME_predict_int8(const int8_t *x, int8_t *y, void *arena)\n{\n"
                    "    if (x == NULL || y == NULL || arena == NULL)\n"
                    "        return NAME_NO_POINTER;\n"
                    "    forward_int8(x, y, (int8_t *)arena);\n"
                    "    return NAME_DONE;\n}\n\n");
    if (l->training)
        library_put_training(out, l);
    if (library_prepares(l))
        put_prepare(out, arena, l);
    put_sample(out, l);
    if (l->recorded)
        put_self_test(out, l, embed);
    return text.bytes;
}
