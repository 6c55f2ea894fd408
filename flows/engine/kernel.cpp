// Evaluates a program of bitwise instructions for many instances at once. A net is a word with a bit for each instance
// ("lane"), or, where all lanes are known to agree, one byte of equal bits. The same file serves every netlist.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#if defined(__AVX512F__) && !defined(PORTABLE)
#include <immintrin.h>
#endif

namespace {

#if defined(PORTABLE)
using Word = uint64_t;
inline Word spread(uint8_t byte) { return -static_cast<Word>(byte & 1); }
#else
typedef uint64_t Word __attribute__((vector_size(64), may_alias));
inline Word spread(uint8_t byte) { return Word{} - (byte & 1); }
#endif
constexpr int kParts = sizeof(Word) / sizeof(uint64_t);
constexpr int kLanes = 8 * sizeof(Word);

inline bool is_zero(const Word& word) {
    uint64_t parts[kParts], any = 0;
    std::memcpy(parts, &word, sizeof(Word));
    for (const uint64_t part : parts) any |= part;
    return !any;
}

inline bool is_ones(const Word& word) { return is_zero(~word); }

inline bool lane_of(const Word& word, int lane) {
    uint64_t parts[kParts];
    std::memcpy(parts, &word, sizeof(Word));
    return parts[lane / 64] >> lane % 64 & 1;
}

inline Word one_lane(int lane) {
    uint64_t parts[kParts] = {};
    parts[lane / 64] = uint64_t{1} << lane % 64;
    Word word;
    std::memcpy(&word, parts, sizeof(Word));
    return word;
}

enum Code {
    COPY, NOT, AND, OR, XOR, XNOR, MUX, GATHER, ADD, SUB, LESS, EQUAL, ALL, ANY, PARITY, READ, FORCE, TABLE,
};

// How an operand is stored: as nets one after the other or as one that serves for all, in the space of the result or as
// bytes.
enum Mode { VECTOR, SINGLE, BYTES, BYTE };

struct Instruction {
    int32_t code, count, result, mode_a, a, mode_b, b, mode_c, c, extra, strip, spare;
};

struct Store {
    int32_t varying, size, width, place;
};

struct StoreWrite {
    int32_t store, address_count, address_mode, address, data_mode, data, enable_mode, enable;
};

struct Move {
    int32_t result, source, mode, count, enable, spare;
};

template <typename Net>
Net widen(uint8_t byte);
template <>
inline uint8_t widen<uint8_t>(uint8_t byte) { return byte; }
template <>
inline Word widen<Word>(uint8_t byte) { return spread(byte); }

// An elementwise instruction on bytes; an operand that serves for all has a step of 0.
struct Bytes {
    const uint8_t *a, *b, *c;
    uint8_t* result;
    int count;
};

template <int code, int step_a, int step_b, int step_c>
void elementwise(const Bytes& given) {
    for (int index = 0; index < given.count; ++index) {
        const uint8_t a = given.a[index * step_a], b = given.b[index * step_b], c = given.c[index * step_c];
        uint8_t& result = given.result[index];
        if constexpr (code == COPY) result = a;
        if constexpr (code == NOT) result = ~a;
        if constexpr (code == AND) result = a & b;
        if constexpr (code == OR) result = a | b;
        if constexpr (code == XOR) result = a ^ b;
        if constexpr (code == XNOR) result = ~(a ^ b);
        if constexpr (code == MUX) result = a ^ (c & (a ^ b));
    }
}

using OnBytes = void (*)(const Bytes&);

template <int code>
OnBytes choose(const Instruction& each) {
    constexpr int kOperands = code == MUX ? 3 : code == COPY || code == NOT ? 1 : 2;
    const bool a = each.mode_a == VECTOR, b = each.mode_b == VECTOR, c = each.mode_c == VECTOR;
    if constexpr (kOperands == 1) return a ? elementwise<code, 1, 0, 0> : elementwise<code, 0, 0, 0>;
    if constexpr (kOperands == 2) {
        if (a) return b ? elementwise<code, 1, 1, 0> : elementwise<code, 1, 0, 0>;
        return b ? elementwise<code, 0, 1, 0> : elementwise<code, 0, 0, 0>;
    }
    if constexpr (kOperands == 3) {
        if (a && b) return c ? elementwise<code, 1, 1, 1> : elementwise<code, 1, 1, 0>;
        if (a) return c ? elementwise<code, 1, 0, 1> : elementwise<code, 1, 0, 0>;
        if (b) return c ? elementwise<code, 0, 1, 1> : elementwise<code, 0, 1, 0>;
        return c ? elementwise<code, 0, 0, 1> : elementwise<code, 0, 0, 0>;
    }
}

OnBytes choose(const Instruction& each) {
    switch (each.code) {
        case COPY: return choose<COPY>(each);
        case NOT: return choose<NOT>(each);
        case AND: return choose<AND>(each);
        case OR: return choose<OR>(each);
        case XOR: return choose<XOR>(each);
        case XNOR: return choose<XNOR>(each);
        case MUX: return choose<MUX>(each);
        default: return nullptr;
    }
}

// Functions of three words: bit 4a + 2b + c of the table is the result.
#if defined(__AVX512F__) && !defined(PORTABLE)
template <int table>
inline Word tabled(const Word& a, const Word& b, const Word& c) {
    return (Word)_mm512_ternarylogic_epi64((__m512i)a, (__m512i)b, (__m512i)c, table);
}
#else
template <int table>
inline Word tabled(const Word& b, const Word& c) {
    if constexpr (table == 0) return Word{};
    if constexpr (table == 1) return ~(b | c);
    if constexpr (table == 2) return ~b & c;
    if constexpr (table == 3) return ~b;
    if constexpr (table == 4) return b & ~c;
    if constexpr (table == 5) return ~c;
    if constexpr (table == 6) return b ^ c;
    if constexpr (table == 7) return ~(b & c);
    if constexpr (table == 8) return b & c;
    if constexpr (table == 9) return ~(b ^ c);
    if constexpr (table == 10) return c;
    if constexpr (table == 11) return ~b | c;
    if constexpr (table == 12) return b;
    if constexpr (table == 13) return b | ~c;
    if constexpr (table == 14) return b | c;
    return ~Word{};
}

template <int table>
inline Word tabled(const Word& a, const Word& b, const Word& c) {
    constexpr int kHigh = table >> 4, kLow = table & 15;
    const Word low = tabled<kLow>(b, c);
    if constexpr (kHigh == kLow) return low;
    if constexpr (kHigh == 15 - kLow) return a ^ low;
    return (a & tabled<kHigh>(b, c)) | (~a & low);
}
#endif

// The last `bytes` operands are bytes, one for each result. For the nets from `first` on an operand is `step` words
// further on for each net, and its place moves by `advance` words for each that was done before: none where it is kept
// for a part of the nets.
struct Words {
    const Word* words[3];
    const uint8_t* bytes[3];
    Word* result;
    int32_t steps[3], advances[3], result_advance;
};

template <int table, int bytes>
void tables(const Words& given, int first, int count) {
    const auto word = [&](int place) { return given.words[place] + ptrdiff_t{first} * given.advances[place]; };
    const Word *a = word(0), *b = word(1), *c = word(2);
    const uint8_t *byte_b = given.bytes[1] + first, *byte_c = given.bytes[2] + first;
    const ptrdiff_t step_a = given.steps[0], step_b = given.steps[1], step_c = given.steps[2];
    Word* const result = given.result + ptrdiff_t{first} * given.result_advance;
    for (int index = 0; index < count; ++index) {
        const Word x = *a, y = bytes > 1 ? spread(byte_b[index]) : *b, z = bytes ? spread(byte_c[index]) : *c;
        result[index] = tabled<table>(x, y, z);
        a += step_a;
        if constexpr (bytes < 2) b += step_b;
        if constexpr (bytes < 1) c += step_c;
    }
}

using OnWords = void (*)(const Words&, int, int);

constexpr int kTables = 256, kKinds = 3;

template <int bytes, int... table>
constexpr std::array<OnWords, kTables> all_tables(std::integer_sequence<int, table...>) {
    return {tables<table, bytes>...};
}

constexpr std::array<OnWords, kTables> kFunctions[kKinds] = {
    all_tables<0>(std::make_integer_sequence<int, kTables>()),
    all_tables<1>(std::make_integer_sequence<int, kTables>()),
    all_tables<2>(std::make_integer_sequence<int, kTables>()),
};

// A table with its operand `place` known: it no longer depends on it.
inline int settled(int table, int place, bool value) {
    constexpr int kMasks[] = {0xf0, 0xcc, 0xaa};
    const int shift = 4 >> place, mask = kMasks[place];
    const int own = value ? table & mask : table & ~mask & 0xff;
    return value ? own | own >> shift : own | own << shift;
}

inline bool depends(int table, int place) { return settled(table, place, false) != settled(table, place, true); }

// Masks of the lanes in which a net is forced: ((net & keep) | set) ^ flip ^ (control & other).
struct Force {
    Word keep, set, flip, control;
};

// A lane in which a mask changes its value before a cycle.
struct Event {
    int64_t cycle;
    int32_t force, lane;
};

// An instruction on bytes.
struct Step {
    Instruction own;
    OnBytes function;
};

// An instruction on words: `TABLE` with the places of its operands, and what is done in this cycle.
struct WordStep {
    Instruction own;
    Words places;
    int32_t kind;
    // Which operands the result depends on in this cycle, one bit each.
    int32_t reads;
    // Whether the result counts in this cycle, whether it is not that of its operands, and whether it is computed.
    bool needed, stale, performed;
    OnWords function;
    // Its runs, where it is a `GATHER`.
    int32_t first_run, end_run;
};

// Nets one after the other in memory, or the same one again and again where the step is 0.
struct Run {
    int32_t place, count, step, byte;
};

// Nets that are compared with what they were.
struct Range {
    int32_t mode, slot, count, spare;
};

// Instructions of one group: all are done for some nets, then for the next, so that what they pass on stays close.
struct Group {
    int32_t first, end, count, strip;
};

struct Machine {
    std::vector<uint8_t> bytes;
    Word* words = nullptr;
    Word* part = nullptr;
    std::vector<Step> uniform;
    std::vector<int32_t> uniform_sources, uniform_ends;
    std::vector<Range> byte_inputs;
    std::vector<uint8_t> seen_inputs, before;
    // Whether each source of bytes changed in this cycle: instructions, moves, memories, inputs.
    std::vector<uint8_t> uniform_changed;
    std::vector<WordStep> varying;
    std::vector<Group> groups;
    std::vector<int32_t> sources, ends;
    std::vector<Range> watched;
    std::vector<Run> runs;
    std::vector<uint8_t> seen_bytes;
    std::vector<Word> seen_words;
    // Whether each source changed in this cycle: instructions, moves, memories, watched ranges.
    std::vector<uint8_t> changed;
    // Moves whose source changed since they were done.
    std::vector<uint8_t> pending;
    // Whether everything may have changed.
    bool touched = true;
    std::vector<const WordStep*> active;
    Word nothing{};
    std::vector<int32_t> lists;
    std::vector<Store> stores;
    std::vector<uint8_t> store_bytes;
    Word* store_words = nullptr;
    std::vector<StoreWrite> writes;
    std::vector<Move> uniform_moves, varying_moves;
    std::vector<Force> forces;
    std::vector<Event> events;
    size_t next_event = 0;
    int64_t cycle = 0;

    ~Machine() {
        std::free(words);
        std::free(part);
        std::free(store_words);
    }

    Word value(int mode, int place, int index) const {
        switch (mode) {
            case VECTOR: return words[place + index];
            case SINGLE: return words[place];
            case BYTES: return spread(bytes[place + index]);
            default: return spread(bytes[place]);
        }
    }

    template <typename Net>
    Net* space();

    template <typename Net>
    Net get(int mode, int place, int index) {
        if (mode == VECTOR) return space<Net>()[place + index];
        if (mode == SINGLE) return space<Net>()[place];
        return widen<Net>(bytes[mode == BYTES ? place + index : place]);
    }

    // An instruction that is not elementwise.
    template <typename Net>
    void whole(const Instruction& each) {
        Net* const result = space<Net>() + each.result;
        const auto a = [&](int index) { return get<Net>(each.mode_a, each.a, index); };
        const auto b = [&](int index) { return get<Net>(each.mode_b, each.b, index); };
        switch (each.code) {
            case GATHER:
                for (int index = 0; index < each.count; ++index) result[index] = space<Net>()[lists[each.extra + index]];
                break;
            case ADD:
            case SUB: {
                const Net inverted = widen<Net>(each.code == SUB ? 0xff : 0);
                Net carry = inverted;
                for (int index = 0; index < each.count; ++index) {
                    const Net x = a(index), y = b(index) ^ inverted, half = x ^ y;
                    result[index] = half ^ carry;
                    carry = (x & y) | (half & carry);
                }
                break;
            }
            case LESS: {
                Net less{};
                for (int index = 0; index < each.extra; ++index) {
                    const Net x = a(index), y = b(index), differ = x ^ y;
                    less = (differ & y) | (~differ & less);
                }
                result[0] = less;
                break;
            }
            case EQUAL: {
                Net differ{};
                for (int index = 0; index < each.extra; ++index) differ |= a(index) ^ b(index);
                result[0] = ~differ;
                break;
            }
            case ALL: {
                Net found = ~Net{};
                for (int index = 0; index < each.extra; ++index) found &= a(index);
                result[0] = found;
                break;
            }
            case ANY: {
                Net found{};
                for (int index = 0; index < each.extra; ++index) found |= a(index);
                result[0] = found;
                break;
            }
            case PARITY: {
                Net found{};
                for (int index = 0; index < each.extra; ++index) found ^= a(index);
                result[0] = found;
                break;
            }
            case READ: read<Net>(each, result); break;
            default: break;
        }
    }

    void force(const Instruction& each) {
        const Force& own = forces[each.extra];
        words[each.result] = ((value(each.mode_a, each.a, 0) & own.keep) | own.set) ^ own.flip ^
                             (own.control & value(each.mode_b, each.b, 0));
    }

    // Calls `use(row, lanes)` for each address that lanes of `among` have, -1 where it is beyond the memory.
    template <typename Use>
    void rows(int mode, int place, int count, int size, Word among, Use use) {
        if (mode >= BYTES) {
            int64_t row = 0;
            for (int index = 0; index < count; ++index)
                row |= static_cast<int64_t>(bytes[mode == BYTES ? place + index : place] & 1) << index;
            use(row < size ? static_cast<int>(row) : -1, among);
            return;
        }
        uint64_t left[kParts];
        while (true) {
            std::memcpy(left, &among, sizeof(Word));
            int lane = -1;
            for (int part = 0; part < kParts; ++part)
                if (left[part]) {
                    lane = 64 * part + __builtin_ctzll(left[part]);
                    break;
                }
            if (lane < 0) return;
            int64_t row = 0;
            Word same = among;
            for (int index = 0; index < count; ++index) {
                const Word& bit = words[mode == VECTOR ? place + index : place];
                const bool one = lane_of(bit, lane);
                row |= static_cast<int64_t>(one) << index;
                same &= one ? bit : ~bit;
            }
            use(row < size ? static_cast<int>(row) : -1, same);
            among &= ~same;
        }
    }

    template <typename Net>
    void read(const Instruction& each, Net* result) {
        const Store& store = stores[each.extra];
        if constexpr (sizeof(Net) == 1) {
            rows(each.mode_a == VECTOR ? BYTES : BYTE, each.a, each.c, store.size, Word{}, [&](int row, const Word&) {
                if (row < 0) std::memset(result, 0, store.width);
                else std::memcpy(result, &store_bytes[store.place + static_cast<size_t>(row) * store.width], store.width);
            });
        } else {
            bool first = true;
            rows(each.mode_a, each.a, each.c, store.size, ~Word{}, [&](int row, const Word& lanes) {
                const size_t place = store.place + static_cast<size_t>(row < 0 ? 0 : row) * store.width;
                for (int index = 0; index < store.width; ++index) {
                    const Word own = row < 0 ? Word{}
                                     : store.varying ? store_words[place + index] : spread(store_bytes[place + index]);
                    result[index] = first ? own & lanes : result[index] | (own & lanes);
                }
                first = false;
            });
        }
    }

    // Returns whether anything may have been written.
    bool write(const StoreWrite& each) {
        const Store& store = stores[each.store];
        if (!store.varying) {
            bool any = false;
            for (int index = 0; index < store.width && !any; ++index)
                any = bytes[each.enable_mode == BYTES ? each.enable + index : each.enable];
            if (!any) return false;
            rows(each.address_mode, each.address, each.address_count, store.size, Word{}, [&](int row, const Word&) {
                if (row < 0) return;
                uint8_t* const word = &store_bytes[store.place + static_cast<size_t>(row) * store.width];
                for (int index = 0; index < store.width; ++index) {
                    const uint8_t enable = bytes[each.enable_mode == BYTES ? each.enable + index : each.enable];
                    const uint8_t data = bytes[each.data_mode == BYTES ? each.data + index : each.data];
                    word[index] ^= enable & (word[index] ^ data);
                }
            });
            return true;
        }
        Word some{};
        if (each.enable_mode == SINGLE || each.enable_mode == BYTE) some = value(each.enable_mode, each.enable, 0);
        else for (int index = 0; index < store.width; ++index) some |= value(each.enable_mode, each.enable, index);
        if (is_zero(some)) return false;
        rows(each.address_mode, each.address, each.address_count, store.size, some, [&](int row, const Word& lanes) {
            if (row < 0) return;
            Word* const word = store_words + store.place + static_cast<size_t>(row) * store.width;
            for (int index = 0; index < store.width; ++index) {
                const Word enable = value(each.enable_mode, each.enable, index) & lanes;
                word[index] ^= enable & (word[index] ^ value(each.data_mode, each.data, index));
            }
        });
        return true;
    }

    // Parts the list of a `GATHER` into runs.
    void find_runs(WordStep& step) {
        step.first_run = static_cast<int32_t>(runs.size());
        const int32_t* const list = &lists[step.own.extra];
        for (int index = 0; index < step.own.count; ++index) {
            const bool byte = list[index] < 0;
            if (index && byte == (list[index - 1] < 0)) {
                Run& last = runs.back();
                const int step_here = byte ? list[index - 1] - list[index] : list[index] - list[index - 1];
                if (last.count == 1 && (step_here == 0 || step_here == 1)) last.step = step_here;
                if (step_here == last.step) {
                    ++last.count;
                    continue;
                }
            }
            runs.push_back({byte ? ~list[index] : list[index], 1, 1, byte});
        }
        step.end_run = static_cast<int32_t>(runs.size());
    }

    void gather(const WordStep& step) {
        Word* result = words + step.own.result;
        for (int which = step.first_run; which < step.end_run; ++which) {
            const Run& run = runs[which];
            if (!run.byte && run.step) {
                std::memcpy(static_cast<void*>(result), words + run.place, run.count * sizeof(Word));
            } else if (run.step) {
                for (int index = 0; index < run.count; ++index) result[index] = spread(bytes[run.place + index]);
            } else {
                const Word own = run.byte ? spread(bytes[run.place]) : words[run.place];
                for (int index = 0; index < run.count; ++index) result[index] = own;
            }
            result += run.count;
        }
    }

    // Where an instruction on words finds its operands.
    void place(WordStep& step) {
        const Instruction& own = step.own;
        if (own.code == GATHER) find_runs(step);
        if (own.code != TABLE) return;
        const int32_t modes[] = {own.mode_a, own.mode_b, own.mode_c}, slots[] = {own.a, own.b, own.c};
        step.kind = 0;
        for (int index = 0; index < 3; ++index) {
            const bool inner = own.strip >> index & 1;
            step.places.words[index] = modes[index] >= BYTES ? &nothing : (inner ? part : words) + slots[index];
            step.places.bytes[index] = modes[index] >= BYTES ? &bytes[slots[index]] : bytes.data();
            step.places.steps[index] = modes[index] == VECTOR;
            step.places.advances[index] = modes[index] == VECTOR && !inner;
            step.kind += modes[index] == BYTES;
        }
        step.places.result = (own.strip & 8 ? part : words) + own.result;
        step.places.result_advance = !(own.strip & 8);
    }

    template <typename Use>
    void each_source(size_t list, Use use) const {
        for (int32_t index = list ? ends[list - 1] : 0; index < ends[list]; ++index) use(sources[index]);
    }

    void need(size_t list) {
        each_source(list, [&](size_t source) {
            if (source < varying.size()) varying[source].needed = true;
        });
    }

    bool any_changed(size_t list) const {
        bool any = false;
        each_source(list, [&](size_t source) { any |= changed[source]; });
        return any;
    }

    size_t first_store() const { return varying.size() + varying_moves.size(); }

    void compare_watched() {
        size_t source = first_store() + stores.size(), byte = 0, word = 0;
        for (const Range& each : watched) {
            const size_t count = each.count;
            const void* const now = each.mode >= BYTES ? static_cast<const void*>(&bytes[each.slot]) : words + each.slot;
            void* const before = each.mode >= BYTES ? static_cast<void*>(&seen_bytes[byte]) : &seen_words[word];
            const size_t size = each.mode >= BYTES ? count : count * sizeof(Word);
            changed[source] = std::memcmp(now, before, size) != 0;
            if (changed[source]) std::memcpy(before, now, size);
            (each.mode >= BYTES ? byte : word) += count;
            ++source;
        }
    }

    // Finds the instructions whose results count in this cycle, from what all lanes share.
    void find_needed() {
        for (WordStep& step : varying) step.needed = false;
        size_t list = 3 * varying.size();
        for (const Move& each : varying_moves) {
            if (each.enable < 0 || bytes[each.enable]) need(list);
            ++list;
        }
        for (const StoreWrite& each : writes) {
            bool some = each.enable_mode < BYTES;
            const int count = each.enable_mode == BYTES ? stores[each.store].width : 1;
            for (int index = 0; index < count && !some; ++index) some = bytes[each.enable + index];
            if (some) need(list);
            ++list;
        }
        need(list);
        for (size_t index = varying.size(); index--;) {
            WordStep& step = varying[index];
            if (!step.needed) continue;
            const Instruction& own = step.own;
            if (own.code != TABLE) {
                for (size_t place = 0; place < 3; ++place) need(3 * index + place);
                continue;
            }
            step.reads = 0;
            int table = own.extra;
            const int32_t modes[] = {own.mode_a, own.mode_b, own.mode_c};
            for (int place = 0; place < 3; ++place)
                if (modes[place] == BYTE) table = settled(table, place, step.places.bytes[place][0]);
            for (size_t place = 0; place < 3; ++place)
                if (modes[place] < BYTES && depends(table, place)) {
                    step.reads |= 1 << place;
                    need(3 * index + place);
                }
            step.function = kFunctions[step.kind][table];
        }
    }

    // Computes the bytes that may be others than in the cycle before.
    void evaluate_bytes() {
        size_t source = uniform.size() + uniform_moves.size() + stores.size(), place = 0;
        for (const Range& each : byte_inputs) {
            const uint8_t* const now = &bytes[each.slot];
            uniform_changed[source] = std::memcmp(&seen_inputs[place], now, each.count) != 0;
            if (uniform_changed[source]) std::memcpy(&seen_inputs[place], now, each.count);
            place += each.count;
            ++source;
        }
        for (size_t index = 0; index < uniform.size(); ++index) {
            bool stale = touched;
            for (int32_t which = index ? uniform_ends[index - 1] : 0; which < uniform_ends[index] && !stale; ++which)
                stale = uniform_changed[uniform_sources[which]];
            uniform_changed[index] = false;
            if (!stale) continue;
            const Step& step = uniform[index];
            const Instruction& own = step.own;
            uint8_t* const result = &bytes[own.result];
            std::memcpy(before.data(), result, own.count);
            if (!step.function) whole<uint8_t>(own);
            else step.function({&bytes[own.a], &bytes[own.b], &bytes[own.c], result, own.count});
            uniform_changed[index] = std::memcmp(before.data(), result, own.count) != 0;
        }
    }

    void evaluate() {
        bool forced = false;
        while (next_event < events.size() && events[next_event].cycle <= cycle) {
            const Event& event = events[next_event++];
            forces[event.force].flip ^= one_lane(event.lane);
            forced = true;
        }
        evaluate_bytes();
        compare_watched();
        if (touched) {
            for (WordStep& step : varying) step.stale = true;
            for (uint8_t& each : pending) each = true;
            touched = false;
        }
        find_needed();
        for (const Group& group : groups) {
            if (group.strip) evaluate_parts(group);
            else evaluate_whole(group, forced);
        }
        size_t list = 3 * varying.size();
        for (uint8_t& each : pending) each |= any_changed(list++);
    }

    bool operands_changed(size_t index) const {
        return any_changed(3 * index) || any_changed(3 * index + 1) || any_changed(3 * index + 2);
    }

    void evaluate_whole(const Group& group, bool forced) {
        for (int index = group.first; index < group.end; ++index) {
            WordStep& step = varying[index];
            step.stale |= operands_changed(index) || (forced && step.own.code == FORCE);
            changed[index] = step.needed && step.stale;
            if (!changed[index]) continue;
            step.stale = false;
            if (step.own.code == FORCE) force(step.own);
            else if (step.own.code == GATHER) gather(step);
            else whole<Word>(step.own);
        }
    }

    void evaluate_parts(const Group& group) {
        for (int index = group.first; index < group.end; ++index) {
            WordStep& step = varying[index];
            const bool own = operands_changed(index);
            if (step.own.strip & 8) {
                // Nothing is kept: it is computed where a result that is kept needs it.
                changed[index] = own || step.stale;
                step.stale = step.performed = false;
                continue;
            }
            step.stale |= own;
            step.performed = changed[index] = step.needed && step.stale;
            if (step.performed) step.stale = false;
        }
        active.clear();
        for (int index = group.end; index-- > group.first;) {
            const WordStep& step = varying[index];
            if (!step.performed) continue;
            active.push_back(&step);
            for (int place = 0; place < 3; ++place)
                if (step.own.strip & step.reads & 1 << place)
                    each_source(3 * index + place, [&](size_t source) { varying[source].performed = true; });
        }
        if (active.empty()) return;
        std::reverse(active.begin(), active.end());
        for (int first = 0; first < group.count; first += group.strip) {
            const int count = group.count - first < group.strip ? group.count - first : group.strip;
            for (const WordStep* const step : active) step->function(step->places, first, count);
        }
    }

    template <typename Net>
    void move(const Move& each) {
        Net* const result = space<Net>() + each.result;
        if (each.mode == VECTOR) {
            std::memcpy(static_cast<void*>(result), space<Net>() + each.source, sizeof(Net) * each.count);
            return;
        }
        for (int index = 0; index < each.count; ++index) result[index] = get<Net>(each.mode, each.source, index);
    }

    void edge() {
        for (size_t index = 0; index < stores.size(); ++index) changed[first_store() + index] = false;
        const size_t first_uniform = uniform.size() + uniform_moves.size();
        for (size_t index = 0; index < stores.size(); ++index) uniform_changed[first_uniform + index] = false;
        for (const StoreWrite& each : writes) {
            const bool written = write(each);
            changed[first_store() + each.store] |= written;
            uniform_changed[first_uniform + each.store] |= written;
        }
        for (size_t index = 0; index < varying_moves.size(); ++index) {
            const Move& each = varying_moves[index];
            const bool moved = pending[index] && (each.enable < 0 || bytes[each.enable]);
            changed[varying.size() + index] = moved;
            if (!moved) continue;
            move<Word>(each);
            pending[index] = false;
        }
        for (size_t index = 0; index < uniform_moves.size(); ++index) {
            const Move& each = uniform_moves[index];
            uint8_t& now = uniform_changed[uniform.size() + index];
            now = false;
            if (each.enable >= 0 && !bytes[each.enable]) continue;
            uint8_t* const result = &bytes[each.result];
            std::memcpy(before.data(), result, each.count);
            move<uint8_t>(each);
            now = std::memcmp(before.data(), result, each.count) != 0;
        }
        ++cycle;
    }
};

template <>
inline uint8_t* Machine::space<uint8_t>() { return bytes.data(); }
template <>
inline Word* Machine::space<Word>() { return words; }

Word* words_of(size_t count) {
    const size_t size = (count ? count : 1) * sizeof(Word);
    void* place = nullptr;
    if (posix_memalign(&place, 64, size)) return nullptr;
    std::memset(place, 0, size);
    return static_cast<Word*>(place);
}

template <typename Item>
void fill(std::vector<Item>& items, const int32_t* values, size_t count) {
    items.resize(count);
    if (count) std::memcpy(static_cast<void*>(items.data()), values, sizeof(Item) * count);
}

}  // namespace

extern "C" {

int machine_lanes() { return kLanes; }

Machine* machine_new(size_t bytes, size_t words, size_t part, size_t store_bytes, size_t store_words) {
    Machine* const machine = new Machine;
    machine->bytes.assign(bytes + 64, 0);
    machine->bytes[1] = 0xff;
    machine->store_bytes.assign(store_bytes + 64, 0);
    machine->words = words_of(words);
    machine->part = words_of(part);
    machine->store_words = words_of(store_words);
    if (machine->words && machine->part && machine->store_words) return machine;
    delete machine;
    return nullptr;
}

void machine_delete(Machine* machine) { delete machine; }

void machine_program(Machine* machine, const int32_t* uniform, size_t uniform_count, const int32_t* uniform_sources,
                     size_t uniform_source_count, const int32_t* uniform_ends, size_t uniform_end_count,
                     const int32_t* byte_inputs, size_t byte_input_count, const int32_t* varying,
                     size_t varying_count, const int32_t* groups, size_t group_count, const int32_t* lists,
                     size_t list_count, const int32_t* sources, size_t source_count, const int32_t* ends,
                     size_t end_count, const int32_t* watched, size_t watched_count) {
    std::vector<Instruction> own;
    fill(own, uniform, uniform_count);
    for (const Instruction& each : own) machine->uniform.push_back({each, choose(each)});
    fill(machine->uniform_sources, uniform_sources, uniform_source_count);
    fill(machine->uniform_ends, uniform_ends, uniform_end_count);
    fill(machine->byte_inputs, byte_inputs, byte_input_count);
    size_t input_count = 0;
    for (const Range& each : machine->byte_inputs) input_count += each.count;
    machine->seen_inputs.resize(input_count + 1);
    fill(machine->groups, groups, group_count);
    fill(machine->lists, lists, list_count);
    fill(own, varying, varying_count);
    for (const Instruction& each : own) {
        WordStep step{};
        step.own = each;
        machine->place(step);
        machine->varying.push_back(step);
    }
    fill(machine->sources, sources, source_count);
    fill(machine->ends, ends, end_count);
    fill(machine->watched, watched, watched_count);
    size_t byte_count = 0, word_count = 0;
    for (const Range& each : machine->watched) (each.mode >= BYTES ? byte_count : word_count) += each.count;
    machine->seen_bytes.resize(byte_count + 1);
    machine->seen_words.resize(word_count + 1);
}

void machine_state(Machine* machine, const int32_t* stores, size_t store_count, const int32_t* writes,
                   size_t write_count, const int32_t* uniform_moves, size_t uniform_count, const int32_t* varying_moves,
                   size_t varying_count) {
    fill(machine->stores, stores, store_count);
    fill(machine->writes, writes, write_count);
    fill(machine->uniform_moves, uniform_moves, uniform_count);
    fill(machine->varying_moves, varying_moves, varying_count);
    int32_t most = 0;
    for (const Step& each : machine->uniform) most = std::max(most, each.own.count);
    for (const Move& each : machine->uniform_moves) most = std::max(most, each.count);
    machine->before.resize(most + 1);
    machine->uniform_changed.resize(machine->uniform.size() + uniform_count + store_count +
                                    machine->byte_inputs.size());
    machine->pending.resize(varying_count);
    machine->changed.resize(machine->first_store() + store_count + machine->watched.size());
}

void machine_forces(Machine* machine, const uint64_t* masks, size_t count, const int64_t* events, size_t event_count) {
    machine->forces.resize(count);
    if (count) std::memcpy(static_cast<void*>(machine->forces.data()), masks, sizeof(Force) * count);
    machine->events.clear();
    for (size_t index = 0; index < event_count; ++index)
        machine->events.push_back({events[3 * index], static_cast<int32_t>(events[3 * index + 1]),
                                   static_cast<int32_t>(events[3 * index + 2])});
    machine->next_event = 0;
    machine->touched = true;
}

uint8_t* machine_bytes(Machine* machine) { return machine->bytes.data(); }
uint8_t* machine_words(Machine* machine) { return reinterpret_cast<uint8_t*>(machine->words); }
uint8_t* machine_store_bytes(Machine* machine) { return machine->store_bytes.data(); }
uint8_t* machine_store_words(Machine* machine) { return reinterpret_cast<uint8_t*>(machine->store_words); }
int64_t machine_cycle(const Machine* machine) { return machine->cycle; }

// To be called after flip-flops or memories were written from outside.
void machine_touch(Machine* machine) { machine->touched = true; }

void machine_evaluate(Machine* machine) { machine->evaluate(); }
void machine_edge(Machine* machine) { machine->edge(); }

// Register port of a core, all lanes alike: slots of bytes.
struct Registers {
    int32_t awaddr, address_width, awvalid, wdata, wstrb, wvalid, awready, wready, bvalid, bresp_low, bresp_high;
};

// Writes `count` values, one after the other was answered. Returns 0, 1 where an answer did not come in `limit` cycles,
// or 2 where one was refused, whose number goes to `refused`.
int machine_write(Machine* machine, const Registers* ports, const uint32_t* addresses, const uint32_t* data,
                  size_t count, int64_t limit, size_t* refused) {
    Machine& own = *machine;
    const auto set = [&](int slot, uint32_t value, int width) {
        for (int index = 0; index < width; ++index) own.bytes[slot + index] = value >> index & 1 ? 0xff : 0;
    };
    for (size_t index = 0; index < count; ++index) {
        set(ports->awaddr, addresses[index], ports->address_width);
        set(ports->wdata, data[index], 32);
        set(ports->wstrb, 0xf, 4);
        set(ports->awvalid, 1, 1);
        set(ports->wvalid, 1, 1);
        for (int64_t cycle = 0;; ++cycle) {
            if (cycle == limit) return 1;
            own.evaluate();
            const bool address_taken = own.bytes[ports->awready], data_taken = own.bytes[ports->wready];
            const bool answered = own.bytes[ports->bvalid];
            const bool error = own.bytes[ports->bresp_low] || own.bytes[ports->bresp_high];
            own.edge();
            if (address_taken) set(ports->awvalid, 0, 1);
            if (data_taken) set(ports->wvalid, 0, 1);
            if (!answered) continue;
            if (error) {
                *refused = index;
                return 2;
            }
            break;
        }
    }
    return 0;
}

// A stream of words: place of `valid`, `ready` and `data` as (mode, slot), and their buffer.
struct Stream {
    int32_t valid_mode, valid, ready_mode, ready, data_mode, data, last_mode, last;
    int64_t width, beats_of_packet, beats, least;
    // The caller's: words are not aligned.
    uint64_t* buffer;
    int64_t* places;
    int64_t* totals;
};

// Runs until every lane has sent its beats and taken what it shall. Streams: the first is sent, others are taken. Returns
// 0, 1 where `limit` cycles passed in which nothing moved, or 2 where lanes take inputs at different times and `valid` or
// `last` have one value for all of them.
int machine_run(Machine* machine, Stream* streams, int count, int64_t limit) {
    Machine& own = *machine;
    const auto finished = [&](const Stream& each) {
        if (each.places[kLanes] >= 0) return each.places[kLanes] == each.beats;
        for (int lane = 0; lane < kLanes; ++lane)
            if (each.places[lane] < each.totals[lane]) return false;
        return true;
    };
    Stream& input = streams[0];
    for (int64_t idle = 0;; ++idle) {
        bool done = true;
        for (int index = 0; index < count; ++index) done &= finished(streams[index]);
        if (done) return 0;
        if (idle > limit) return 1;
        // What is offered.
        if (input.places[kLanes] >= 0) {
            const int64_t place = input.places[kLanes];
            const bool some = place < input.beats;
            if (input.valid_mode >= BYTES) own.bytes[input.valid] = some ? 0xff : 0;
            else own.words[input.valid] = spread(some ? 0xff : 0);
            const bool last = some && (place + 1) % input.beats_of_packet == 0;
            if (input.last_mode >= BYTES) own.bytes[input.last] = last ? 0xff : 0;
            else own.words[input.last] = spread(last ? 0xff : 0);
            if (some)
                std::memcpy(static_cast<void*>(own.words + input.data), input.buffer + place * input.width * kParts,
                            sizeof(Word) * input.width);
        } else {
            if (input.valid_mode >= BYTES || input.last_mode >= BYTES) return 2;
            uint64_t* const data = reinterpret_cast<uint64_t*>(own.words + input.data);
            const uint64_t* const from = input.buffer;
            Word valid{}, last{};
            for (int lane = 0; lane < kLanes; ++lane) {
                const int64_t place = input.places[lane];
                if (place >= input.totals[lane]) continue;
                valid |= one_lane(lane);
                if ((place + 1) % input.beats_of_packet == 0) last |= one_lane(lane);
                const uint64_t bit = uint64_t{1} << lane % 64;
                for (int64_t index = 0; index < input.width; ++index) {
                    uint64_t& part = data[index * kParts + lane / 64];
                    part = (part & ~bit) | (from[(place * input.width + index) * kParts + lane / 64] & bit);
                }
            }
            own.words[input.valid] = valid;
            own.words[input.last] = last;
        }
        own.evaluate();
        for (int index = 0; index < count; ++index) {
            Stream& each = streams[index];
            if (finished(each)) continue;
            Word moved = own.value(each.valid_mode, each.valid, 0) & own.value(each.ready_mode, each.ready, 0);
            if (each.places[kLanes] >= 0 && is_zero(moved)) continue;
            if (each.places[kLanes] >= 0 && is_ones(moved) && each.places[kLanes] < each.least) {
                const int64_t place = each.places[kLanes]++;
                idle = 0;
                if (index)
                    for (int64_t bit = 0; bit < each.width; ++bit) {
                        const Word value = own.value(each.data_mode, each.data, bit);
                        std::memcpy(each.buffer + (place * each.width + bit) * kParts, &value, sizeof(Word));
                    }
                continue;
            }
            if (each.places[kLanes] >= 0) {
                // The lanes part here.
                for (int lane = 0; lane < kLanes; ++lane) each.places[lane] = each.places[kLanes];
                each.places[kLanes] = -1;
            }
            uint64_t* const to = each.buffer;
            for (int lane = 0; lane < kLanes; ++lane) {
                int64_t& place = each.places[lane];
                if (place < each.totals[lane] && lane_of(moved, lane)) {
                    idle = 0;
                    if (index) {
                        const uint64_t bit = uint64_t{1} << lane % 64;
                        for (int64_t which = 0; which < each.width; ++which) {
                            const Word value = own.value(each.data_mode, each.data, which);
                            uint64_t& part = to[(place * each.width + which) * kParts + lane / 64];
                            part = lane_of(value, lane) ? part | bit : part & ~bit;
                        }
                    }
                    ++place;
                }
            }
        }
        own.edge();
    }
}

}  // extern "C"
