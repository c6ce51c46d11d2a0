/* Functions that kernels use, in front of them. */
#include <string.h>

#include "targets/gpu/gpu.h"

/* sum_of_group(), largest_of_group(): what `halve` leaves of the work items' numbers, half of them in each turn. */
#define OVER_GROUP(made, halve)                                                             \
    "FUNCTION float " made "_of_group(float x, SHARED_AT float *part, int group)\n"         \
    "{\n"                                                                                   \
    "int id = local_id();\n"                                                                \
    "part[id] = x;\n"                                                                       \
    "BARRIER;\n"                                                                            \
    "for (int reach = group / 2; reach > 0; reach /= 2) {\n"                                \
    "if (id < reach)\n"                                                                     \
    halve                                                                                   \
    "BARRIER;\n"                                                                            \
    "}\n"                                                                                   \
    "float " made " = part[0];\n"                                                           \
    "BARRIER;\n"                                                                            \
    "return " made ";\n"                                                                    \
    "}\n\n"

/* A function that others may use. */
static const struct {
    const char *use, *text;
} helpers[] = {
    {"least(", "FUNCTION int least(int a, int b)\n{\nreturn a < b ? a : b;\n}\n\n"},
    {"most(", "FUNCTION int most(int a, int b)\n{\nreturn a > b ? a : b;\n}\n\n"},
    {"sum_of_parts(", "/* What so many parts of a batch have given, added up in their order. */\n"
                      "FUNCTION float sum_of_parts(GLOBAL const float *shares, int i, int elements, int parts)\n"
                      "{\n"
                      "float sum = 0;\n"
                      "for (int part = 0; part < parts; part++)\n"
                      "sum += shares[part * elements + i];\n"
                      "return sum;\n"
                      "}\n\n"},
    {"add_products(",
     "/* sum += a b, of 16 rows of a and of b, by tensor cores, which round the factors to 10 bits: a warp takes\n"
     " * each eighth block of 16 x 8 sums, a work item four of a block. Elsewhere it is a work item's own row and\n"
     " * column. */\n"
     "#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800\n"
     "FUNCTION unsigned tf32(float x)\n"
     "{\n"
     "unsigned y;\n"
     "asm(\"cvt.rna.tf32.f32 %0, %1;\" : \"=r\"(y) : \"f\"(x));\n"
     "return y;\n"
     "}\n"
     "\n"
     "FUNCTION void add_products(float *sum, const float *a, const float *b, int rows, int columns)\n"
     "{\n"
     "int lane = local_id() % 32, row = lane / 4, place = lane % 4;\n"
     "for (int t = 0; 4 * t < rows * columns / 256 || t == 0; t++) {\n"
     "int block = local_id() / 32 + 8 * t;\n"
     "int m = block % (rows / 16) * 16 + row, n = block / (rows / 16) * 8 + row;\n"
     "if (block >= rows / 16 * (columns / 8))\n"
     "continue;\n"
     "for (int k = place; k < 16; k += 8)\n"
     "asm(\"mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 \"\n"
     "    \"{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};\"\n"
     "    : \"+f\"(sum[4 * t]), \"+f\"(sum[4 * t + 1]), \"+f\"(sum[4 * t + 2]), \"+f\"(sum[4 * t + 3])\n"
     "    : \"r\"(tf32(a[k * (rows + 1) + m])), \"r\"(tf32(a[k * (rows + 1) + m + 8])),\n"
     "      \"r\"(tf32(a[(k + 4) * (rows + 1) + m])), \"r\"(tf32(a[(k + 4) * (rows + 1) + m + 8])),\n"
     "      \"r\"(tf32(b[k * (columns + 1) + n])), \"r\"(tf32(b[(k + 4) * (columns + 1) + n])));\n"
     "}\n"
     "}\n"
     "\n"
     "/* Gives each work item the sums of its own rows and columns, by way of `all` of them. */\n"
     "FUNCTION void give_products(float *sum, float *all, int rows, int columns)\n"
     "{\n"
     "int id = local_id(), row = id % 32 / 4, col = id % 4 * 2;\n"
     "for (int t = 0; 4 * t < rows * columns / 256 || t == 0; t++) {\n"
     "int block = id / 32 + 8 * t, m = block % (rows / 16) * 16 + row, n = block / (rows / 16) * 8 + col;\n"
     "for (int i = 0; i < 4 && block < rows / 16 * (columns / 8); i++)\n"
     "all[(m + i / 2 * 8) * (columns + 1) + n + i % 2] = sum[4 * t + i];\n"
     "}\n"
     "BARRIER;\n"
     "for (int i = 0; i < rows / 16; i++)\n"
     "for (int j = 0; j < columns / 16; j++)\n"
     "sum[i * (columns / 16) + j] = all[(id / 16 + 16 * i) * (columns + 1) + id % 16 + 16 * j];\n"
     "}\n"
     "#else\n"
     "FUNCTION void add_products(float *sum, SHARED_AT const float *a, SHARED_AT const float *b, int rows, "
     "int columns)\n"
     "{\n"
     "int id = local_id();\n"
     "for (int k = 0; k < 16; k++, a += rows + 1, b += columns + 1)\n"
     "for (int i = 0; i < rows / 16; i++)\n"
     "for (int j = 0; j < columns / 16; j++)\n"
     "sum[i * (columns / 16) + j] += a[id / 16 + 16 * i] * b[id % 16 + 16 * j];\n"
     "}\n"
     "\n"
     "FUNCTION void give_products(float *sum, SHARED_AT float *all, int rows, int columns)\n"
     "{\n"
     "(void)sum, (void)all, (void)rows, (void)columns;\n"
     "}\n"
     "#endif\n\n"},
    {"softplus(", "/* log(1 + exp(x)) */\n"
                  "FUNCTION float softplus(float x)\n{\nreturn fmax(x, 0.0f) + log1p(exp(-fabs(x)));\n}\n\n"},
    {"between(", "/* tensor.lerp_(to, weight): from whichever end is nearer. */\n"
                 "FUNCTION float between(float from, float to, float weight)\n"
                 "{\n"
                 "return fabs(weight) < 0.5f ? fma(weight, to - from, from) : fma(weight - 1, to - from, to);\n"
                 "}\n\n"},
    {"reflected(", "/* A place beside `size` elements, reflected at the first one and the last one. */\n"
                   "FUNCTION int reflected(int at, int size)\n"
                   "{\nreturn at < 0 ? -at : at < size ? at : 2 * (size - 1) - at;\n}\n\n"},
    {"replicated(", "/* The nearest one of `size` elements. */\n"
                    "FUNCTION int replicated(int at, int size)\n"
                    "{\nreturn at < 0 ? 0 : at < size ? at : size - 1;\n}\n\n"},
    {"around(", "/* A place beside `size` elements in a circle. */\n"
                "FUNCTION int around(int at, int size)\n"
                "{\nreturn at < 0 ? at + size : at < size ? at : at - size;\n}\n\n"},
    {"sum_of_group(", "/* The sum of x over the work items of a group, always in the same order. */\n"
                      OVER_GROUP("sum", "part[id] += part[id + reach];\n")},
    {"largest_of_group(", "/* The largest x of the work items of a group. */\n"
                          OVER_GROUP("largest", "part[id] = fmax(part[id], part[id + reach]);\n")},
};

const char *gpu_text(Gpu *g)
{
    const char *needed = g->t.text.bytes;
    for (int i = (int)(sizeof helpers / sizeof *helpers) - 1; i >= 0; i--)
        if (strstr(needed, helpers[i].use))
            needed = arena_printf(g->arena, "%s%s", template_filled(&g->t, helpers[i].text), needed);
    return needed;
}
