/* Random numbers as PyTorch's CPU generator draws them, and the initial parameters drawn with them. */
#include <inttypes.h>

#include "base/fail.h"
#include "targets/plain/plain.h"

/* Functions in front of those that use them; those that nothing uses are left out. */
const PlainHelper plain_helpers[] = {
    {"least(", "static int least(int a, int b)\n"
              "{\n"
              "return a < b ? a : b;\n"
              "}\n"},
    {"most(", "static int most(int a, int b)\n"
             "{\n"
             "return a > b ? a : b;\n"
             "}\n"},
    {"softplus(", "/* log(1 + exp(x)) */\n"
                 "static double softplus(double x)\n"
                 "{\n"
                 "return fmax(x, 0) + log1p(exp(-fabs(x)));\n"
                 "}\n"},
    {"reflected(", "/* A place beside `size` elements, reflected at the first one and the last one. */\n"
                  "static int reflected(int at, int size)\n"
                  "{\n"
                  "return at < 0 ? -at : at < size ? at : 2 * (size - 1) - at;\n"
                  "}\n"},
    {"replicated(", "/* The nearest one of `size` elements. */\n"
                   "static int replicated(int at, int size)\n"
                   "{\n"
                   "return at < 0 ? 0 : at < size ? at : size - 1;\n"
                   "}\n"},
    {"around(", "/* A place beside `size` elements in a circle. */\n"
               "static int around(int at, int size)\n"
               "{\n"
               "return at < 0 ? at + size : at < size ? at : at - size;\n"
               "}\n"},
    {"struct generator", "/* The Mersenne Twister MT19937: torch.manual_seed keeps 32 bits of a seed. */\n"
           "struct generator {\n"
           "unsigned state[624];\n"
           "int next, waits; /* waits: of two normal numbers the second one */\n"
           "double second;\n"
           "};\n"},
    {"seed(", "static void seed(struct generator *g, unsigned number)\n"
             "{\n"
             "g->state[0] = number;\n"
             "for (int i = 1; i < 624; i++)\n"
             "g->state[i] = 1812433253u * (g->state[i - 1] ^ g->state[i - 1] >> 30) + i;\n"
             "g->next = 624;\n"
             "g->waits = 0;\n"
             "}\n"},
    {"random32(", "static unsigned random32(struct generator *g)\n"
                 "{\n"
                 "unsigned *s = g->state;\n"
                 "if (g->next == 624) {\n"
                 "for (int i = 0; i < 624; i++) {\n"
                 "unsigned y = (s[i] & 0x80000000u) | (s[(i + 1) % 624] & 0x7fffffffu);\n"
                 "s[i] = s[(i + 397) % 624] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);\n"
                 "}\n"
                 "g->next = 0;\n"
                 "}\n"
                 "unsigned y = s[g->next++];\n"
                 "y ^= y >> 11;\n"
                 "y ^= y << 7 & 0x9d2c5680u;\n"
                 "y ^= y << 15 & 0xefc60000u;\n"
                 "return y ^ y >> 18;\n"
                 "}\n"},
    {"random64(", "static unsigned long long random64(struct generator *g)\n"
                 "{\n"
                 "unsigned long long high = random32(g);\n"
                 "return high << 32 | random32(g);\n"
                 "}\n"},
    {"uniform53(", "/* A number from 0 to 1, of 53 bits. */\n"
                  "static double uniform53(struct generator *g)\n"
                  "{\n"
                  "return (random64(g) & ((1ull << 53) - 1)) / 9007199254740992.0;\n"
                  "}\n"},
    {"uniform24(", "/* A number from low to high; torch draws floats, whatever real is. */\n"
                  "static float uniform24(struct generator *g, float low, float high)\n"
                  "{\n"
                  "return fmaf((random32(g) & 0xffffff) / 16777216.0f, high - low, low);\n"
                  "}\n"},
    {"shuffled(", "/* Puts the numbers from 0 to n - 1 in an order: torch.randperm. */\n"
                 "static void shuffled(struct generator *g, int n, int *order)\n"
                 "{\n"
                 "for (int i = 0; i < n; i++)\n"
                 "order[i] = i;\n"
                 "for (int i = 0; i < n - 1; i++) {\n"
                 "int other = i + random32(g) % (n - i), kept = order[i];\n"
                 "order[i] = order[other];\n"
                 "order[other] = kept;\n"
                 "}\n"
                 "}\n"},
    {"fill_normal16(", "/* Box and Muller: of 16 uniform numbers 16 normal ones. */\n"
                      "static void fill_normal16(float *x, float mean, float std)\n"
                      "{\n"
                      "for (int i = 0; i < 8; i++) {\n"
                      "float radius = sqrtf(-2 * logf(1 - x[i])), angle = 6.283185307179586f * x[i + 8];\n"
                      "x[i] = radius * cosf(angle) * std + mean;\n"
                      "x[i + 8] = radius * sinf(angle) * std + mean;\n"
                      "}\n"
                      "}\n"},
    {"one_normal(", "/* One at a time, in double: the second one of a pair waits for the next call. */\n"
                   "static double one_normal(struct generator *g)\n"
                   "{\n"
                   "if (g->waits) {\n"
                   "g->waits = 0;\n"
                   "return g->second;\n"
                   "}\n"
                   "double angle = 2 * 3.141592653589793 * uniform53(g), radius = sqrt(-2 * log1p(-uniform53(g)));\n"
                   "g->second = radius * sin(angle);\n"
                   "g->waits = 1;\n"
                   "return radius * cos(angle);\n"
                   "}\n"},
    {"draw_normal(", "/* tensor.normal_: from 16 numbers on they are made 16 at a time, the last 16 anew. */\n"
                    "static void draw_normal(struct generator *g, float *x, int count, double mean, double std)\n"
                    "{\n"
                    "for (int i = 0; i < count && count < 16; i++)\n"
                    "x[i] = one_normal(g) * std + mean;\n"
                    "if (count < 16)\n"
                    "return;\n"
                    "for (int i = 0; i < count; i++)\n"
                    "x[i] = uniform24(g, 0, 1);\n"
                    "for (int i = 0; i + 16 <= count; i += 16)\n"
                    "fill_normal16(x + i, mean, std);\n"
                    "if (count % 16 == 0)\n"
                    "return;\n"
                    "for (int i = count - 16; i < count; i++)\n"
                    "x[i] = uniform24(g, 0, 1);\n"
                    "fill_normal16(x + count - 16, mean, std);\n"
                    "}\n"},
    {"init_uniform(", "static void init_uniform(struct generator *g, real *w, int count, double low, double high)\n"
                     "{\n"
                     "for (int i = 0; i < count; i++)\n"
                     "w[i] = uniform24(g, low, high);\n"
                     "}\n"},
    {"init_constant(", "static void init_constant(real *w, int count, double value)\n"
                      "{\n"
                      "for (int i = 0; i < count; i++)\n"
                      "w[i] = (float)value;\n"
                      "}\n"},
    {"init_normal(", "static void init_normal(struct generator *g, void *memory, real *w, int count, double mean, "
                    "double std)\n"
                    "{\n"
                    "float *x = (float *)memory;\n"
                    "draw_normal(g, x, count, mean, std);\n"
                    "for (int i = 0; i < count; i++)\n"
                    "w[i] = x[i];\n"
                    "}\n"},
    {"init_trunc_normal(",
     "/* nn.init.trunc_normal_: numbers that fall outside are drawn again; where most would, they are drawn uniform\n"
     " * and taken with the probability that the bell has there. */\n"
     "static void init_trunc_normal(struct generator *g, void *memory, real *w, int count, double mean, double std, "
     "double from, double to)\n"
     "{\n"
     "double inside = (erf((to - mean) / std / sqrt(2)) - erf((from - mean) / std / sqrt(2))) / 2;\n"
     "double mode = fmax(from, fmin(mean, to));\n"
     "float peak = -0.5 * ((mode - mean) / std) * ((mode - mean) / std);\n"
     "float *x = (float *)memory;\n"
     "for (int i = 0; i < count; i++)\n"
     "w[i] = HUGE_VAL;\n"
     "for (int missing = 1; missing;) {\n"
     "missing = 0;\n"
     "if (inside > 0.3)\n"
     "draw_normal(g, x, count, mean, std);\n"
     "else\n"
     "for (int i = 0; i < count; i++)\n"
     "x[i] = uniform24(g, from, to);\n"
     "for (int i = 0; i < count; i++) {\n"
     "float z = (x[i] - (float)mean) / (float)std;\n"
     "int taken = inside > 0.3 ? x[i] >= (float)from && x[i] <= (float)to\n"
     ": !(logf(uniform24(g, 0, 1)) > z * z * -0.5f - peak);\n"
     "if (w[i] == HUGE_VAL && taken)\n"
     "w[i] = x[i];\n"
     "missing = missing || w[i] == HUGE_VAL;\n"
     "}\n"
     "}\n"
     "}\n"},
    {"init_eye(", "static void init_eye(real *w, int rows, int columns)\n"
                 "{\n"
                 "for (int i = 0; i < rows * columns; i++)\n"
                 "w[i] = i / columns == i % columns;\n"
                 "}\n"},
    {"init_dirac(", "/* nn.init.dirac_: in each group output i is input i, by a one in the middle of the window. */\n"
                   "static void init_dirac(real *w, int outs, int ins, int window, int middle, int groups)\n"
                   "{\n"
                   "for (int i = 0; i < outs * ins * window; i++)\n"
                   "w[i] = 0;\n"
                   "for (int o = 0; o < outs; o++)\n"
                   "if (o % (outs / groups) < ins)\n"
                   "w[(o * ins + o % (outs / groups)) * window + middle] = 1;\n"
                   "}\n"},
    {"init_orthogonal(",
     "/* nn.init.orthogonal_: the rows, or the columns where there are more rows, made orthogonal one by one (Gram\n"
     " * and Schmidt, twice for the sake of rounding), and one long. */\n"
     "static void init_orthogonal(struct generator *g, void *memory, real *w, int rows, int columns, double gain)\n"
     "{\n"
     "int wide = rows < columns, count = wide ? rows : columns, length = wide ? columns : rows;\n"
     "int next = wide ? columns : 1, along = wide ? 1 : columns;\n"
     "double *v = (double *)memory;\n"
     "float *x = (float *)(v + (size_t)rows * columns);\n"
     "draw_normal(g, x, rows * columns, 0, 1);\n"
     "for (int i = 0; i < count; i++) {\n"
     "double *a = v + (size_t)i * length, norm = 0;\n"
     "for (int k = 0; k < length; k++)\n"
     "a[k] = x[i * next + k * along];\n"
     "for (int j = 0; j < 2 * i; j++) {\n"
     "double *b = v + (size_t)(j % i) * length, share = 0;\n"
     "for (int k = 0; k < length; k++)\n"
     "share += a[k] * b[k];\n"
     "for (int k = 0; k < length; k++)\n"
     "a[k] -= share * b[k];\n"
     "}\n"
     "for (int k = 0; k < length; k++)\n"
     "norm += a[k] * a[k];\n"
     "for (int k = 0; k < length; k++) {\n"
     "a[k] /= norm > 0 ? sqrt(norm) : 1;\n"
     "w[i * next + k * along] = (float)a[k] * (float)gain;\n"
     "}\n"
     "}\n"
     "}\n"},
    {0},
};

/* ---- The initial parameters -------------------------------------------------------------------------------------- */

/* Where a parameter is drawn: "a.weight_0", of a library "w + 0". */
static const char *place_of(const Plain *p, const Parameter *parameter)
{
    for (int i = 0; i < p->graph->values.count; i++)
        if (p->graph->values.at[i]->parameter == parameter &&
            p->graph->values.at[i]->producer->kind == OP_PARAMETER)
            return p->library ? arena_printf(p->arena, "w + %lld", plain_parameter_place(p, parameter))
                              : arena_printf(p->arena, "a.%s", p->member[i]);
    /* A change of the model has taken it away, but not what torch draws for it. */
    return p->library ? arena_printf(p->arena, "(real *)memory + %" PRId64, 2 * plain_scratch(p)) : "a.discarded";
}

/* Whether nothing is drawn for it. */
static bool is_fixed(const Fill *fill)
{
    return fill->kind == INIT_CONSTANT || fill->kind == INIT_EYE || fill->kind == INIT_DIRAC ||
           fill->kind == INIT_PARTIAL_DIRAC || fill->kind == INIT_WHITENING;
}

int64_t plain_discarded(const Plain *p)
{
    const Network *network = p->program->train->network;
    int64_t most = 0;
    for (int i = 0; i < network->draws.count; i++) {
        const Parameter *parameter = network->draws.at[i].parameter;
        if (!parameter_now(network, parameter) && shape_count(parameter->shape) > most)
            most = shape_count(parameter->shape);
    }
    return most;
}

static int64_t scratch_of(const Parameter *parameter, const Fill *fill)
{
    const int64_t count = shape_count(parameter->shape);
    switch (fill->kind) {
    case INIT_NORMAL:
    case INIT_TRUNC_NORMAL:
    case INIT_NORMAL_PADDED: return (count + 1) / 2;
    case INIT_ORTHOGONAL: return count + (count + 1) / 2;
    case INIT_UNIFORM:
    case INIT_CONSTANT:
    case INIT_EYE:
    case INIT_DIRAC:
    case INIT_PARTIAL_DIRAC:
    case INIT_WHITENING: break;
    }
    return 0;
}

int64_t plain_scratch(const Plain *p)
{
    const Train *train = p->program->train;
    int64_t most = 0;
    for (int i = 0; i < train->network->draws.count + train->inits.count; i++) {
        const int late = i - train->network->draws.count;
        const Init *init = late < 0 ? &train->network->draws.at[i] : &train->inits.at[late];
        const int64_t count = scratch_of(init->parameter, &init->fill);
        most = count > most ? count : most;
    }
    return most;
}

/* The call that fills a parameter. */
static void print_fill(Plain *p, const Parameter *parameter, const Fill *fill)
{
    const Shape shape = parameter->shape;
    const char *low = plain_number(p, fill->low), *high = plain_number(p, fill->high);
    int64_t count = shape_count(shape), window = 1, middle = 0;
    for (int d = 2; d < shape.rank; d++) {
        window *= shape.dim[d];
        middle = middle * shape.dim[d] + shape.dim[d] / 2;
    }
    plain_forget(p);
    plain_set(p, "w", "%s", place_of(p, parameter));
    plain_set(p, "g", "%s", p->library ? "g" : "&mt");
    plain_set(p, "memory", "%s", p->library ? "memory" : "a.scratch");
    plain_set(p, "count", "%" PRId64, count);
    plain_set(p, "low", "%s", low);
    plain_set(p, "high", "%s", high);
    switch (fill->kind) {
    case INIT_UNIFORM:
        plain_print(p, "init_uniform($g, $w, $count, $low, $high);\n");
        break;
    case INIT_CONSTANT:
        plain_print(p, "init_constant($w, $count, $low);\n");
        break;
    case INIT_NORMAL:
        plain_print(p, "init_normal($g, $memory, $w, $count, $low, $high);\n");
        break;
    case INIT_TRUNC_NORMAL:
        plain_set(p, "from", "%s", plain_number(p, fill->from));
        plain_set(p, "to", "%s", plain_number(p, fill->to));
        plain_print(p, "init_trunc_normal($g, $memory, $w, $count, $low, $high, $from, $to);\n");
        break;
    case INIT_EYE:
    case INIT_ORTHOGONAL:
        plain_set(p, "rows", "%" PRId64, shape.dim[0]);
        plain_set(p, "columns", "%" PRId64, count / shape.dim[0]);
        plain_print(p, fill->kind == INIT_EYE ? "init_eye($w, $rows, $columns);\n"
                                              : "init_orthogonal($g, $memory, $w, $rows, $columns, $low);\n");
        break;
    case INIT_DIRAC:
    case INIT_PARTIAL_DIRAC:
        plain_set(p, "outs", "%" PRId64, fill->kind == INIT_DIRAC || shape.dim[0] < shape.dim[1] ? shape.dim[0]
                                                                                                  : shape.dim[1]);
        plain_set(p, "ins", "%" PRId64, shape.dim[1]);
        plain_set(p, "window", "%" PRId64, window);
        plain_set(p, "middle", "%" PRId64, middle);
        plain_set(p, "groups", "%s", fill->kind == INIT_DIRAC ? low : "1");
        plain_print(p, "init_dirac($w, $outs, $ins, $window, $middle, $groups);\n");
        break;
    case INIT_WHITENING:
        fail_bug("whitening_ in a program that has no data"); /* refused */
    case INIT_NORMAL_PADDED:
        plain_set(p, "from", "%.0f", fill->low * (double)shape.dim[1]);
        plain_set(p, "columns", "%" PRId64, shape.dim[1]);
        plain_print(p, "init_normal($g, $memory, $w, $count, 0, 1);\n"
                       "init_constant($w + $from, $columns, 0);\n");
        break;
    }
}

static void print_fills(Plain *p)
{
    const Train *train = p->program->train;
    const Network *network = train->network;
    for (int i = 0; i < network->draws.count; i++) {
        const Init *draw = &network->draws.at[i];
        const Parameter *now = parameter_now(network, draw->parameter);
        if (now || !is_fixed(&draw->fill))
            print_fill(p, now ? now : draw->parameter, &draw->fill);
    }
    for (int i = 0; i < train->inits.count; i++)
        print_fill(p, train->inits.at[i].parameter, &train->inits.at[i].fill);
}

void plain_print_init(Plain *p)
{
    const Text kept = p->t.text;
    p->t.text = text_new(p->arena);
    plain_print(p, "{\n");
    print_fills(p);
    plain_print(p, "}\n\n");
    const char *body = p->t.text.bytes;
    p->t.text = kept;
    text_printf(&p->t.text, "/* The initial parameters, in the order in which PyTorch draws them. */\n"
                            "static void init(%s)\n%s",
                p->library ? "struct generator *g, real *w, void *memory" : "void",
                p->library ? plain_unused(p, body, (const char *[]){"g", "w", "memory", NULL}) : body);
}
