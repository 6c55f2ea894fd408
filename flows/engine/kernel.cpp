// Evaluates a program of bitwise instructions for many instances at once. A net is a word with a bit for each instance
// ("lane"), or, where all lanes are known to agree, one byte of equal bits. The same file serves every netlist.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

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
    COPY, NOT, AND, OR, XOR, XNOR, MUX, GATHER, ADD, SUB, LESS, EQUAL, ALL, ANY, PARITY, READ, FORCE, ANDNOT,
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

// A space of nets: bytes, or words.
template <typename Net>
struct Operand {
    const Net* own;
    const uint8_t* bytes;
};

template <typename Net>
Net widen(uint8_t byte);
template <>
inline uint8_t widen<uint8_t>(uint8_t byte) { return byte; }
template <>
inline Word widen<Word>(uint8_t byte) { return spread(byte); }

template <typename Net, int mode>
inline Net load(const Net* own, const uint8_t* bytes, int index) {
    if constexpr (mode == VECTOR) return own[index];
    if constexpr (mode == SINGLE) return own[0];
    if constexpr (mode == BYTES) return widen<Net>(bytes[index]);
    return widen<Net>(bytes[0]);
}

struct Operands {
    const void *a, *b, *c;
    void* result;
    int count;
};

template <typename Net, int code, int mode_a, int mode_b, int mode_c>
void elementwise(const Operands& given) {
    const auto own = [](const void* place) { return static_cast<const Net*>(place); };
    const auto bytes = [](const void* place) { return static_cast<const uint8_t*>(place); };
    Net* const result = static_cast<Net*>(given.result);
    for (int index = 0; index < given.count; ++index) {
        const Net a = load<Net, mode_a>(own(given.a), bytes(given.a), index);
        if constexpr (code == COPY) {
            result[index] = a;
        } else if constexpr (code == NOT) {
            result[index] = ~a;
        } else {
            const Net b = load<Net, mode_b>(own(given.b), bytes(given.b), index);
            if constexpr (code == AND) result[index] = a & b;
            if constexpr (code == ANDNOT) result[index] = a & ~b;
            if constexpr (code == OR) result[index] = a | b;
            if constexpr (code == XOR) result[index] = a ^ b;
            if constexpr (code == XNOR) result[index] = ~(a ^ b);
            if constexpr (code == MUX) {
                const Net c = load<Net, mode_c>(own(given.c), bytes(given.c), index);
                result[index] = a ^ (c & (a ^ b));
            }
        }
    }
}

using Function = void (*)(const Operands&);

template <typename Net, int code>
Function choose_a(const Instruction& each) {
    switch (each.mode_a) {
        case VECTOR: return elementwise<Net, code, VECTOR, 0, 0>;
        case SINGLE: return elementwise<Net, code, SINGLE, 0, 0>;
        case BYTES: return elementwise<Net, code, BYTES, 0, 0>;
        default: return elementwise<Net, code, BYTE, 0, 0>;
    }
}

template <typename Net, int code, int mode_a, int mode_b>
Function choose_c(const Instruction& each) {
    if constexpr (code != MUX) return elementwise<Net, code, mode_a, mode_b, 0>;
    switch (each.mode_c) {
        case VECTOR: return elementwise<Net, code, mode_a, mode_b, VECTOR>;
        case SINGLE: return elementwise<Net, code, mode_a, mode_b, SINGLE>;
        case BYTES: return elementwise<Net, code, mode_a, mode_b, BYTES>;
        default: return elementwise<Net, code, mode_a, mode_b, BYTE>;
    }
}

template <typename Net, int code, int mode_a>
Function choose_b(const Instruction& each) {
    switch (each.mode_b) {
        case VECTOR: return choose_c<Net, code, mode_a, VECTOR>(each);
        case SINGLE: return choose_c<Net, code, mode_a, SINGLE>(each);
        case BYTES: return choose_c<Net, code, mode_a, BYTES>(each);
        default: return choose_c<Net, code, mode_a, BYTE>(each);
    }
}

template <typename Net, int code>
Function choose_ab(const Instruction& each) {
    switch (each.mode_a) {
        case VECTOR: return choose_b<Net, code, VECTOR>(each);
        case SINGLE: return choose_b<Net, code, SINGLE>(each);
        case BYTES: return choose_b<Net, code, BYTES>(each);
        default: return choose_b<Net, code, BYTE>(each);
    }
}

template <typename Net>
Function choose(const Instruction& each) {
    switch (each.code) {
        case COPY: return choose_a<Net, COPY>(each);
        case NOT: return choose_a<Net, NOT>(each);
        case AND: return choose_ab<Net, AND>(each);
        case ANDNOT: return choose_ab<Net, ANDNOT>(each);
        case OR: return choose_ab<Net, OR>(each);
        case XOR: return choose_ab<Net, XOR>(each);
        case XNOR: return choose_ab<Net, XNOR>(each);
        case MUX: return choose_ab<Net, MUX>(each);
        default: return nullptr;
    }
}

// Masks of the lanes in which a net is forced: ((net & keep) | set) ^ flip ^ (control & other).
struct Force {
    Word keep, set, flip, control;
};

// A lane in which a mask changes its value before a cycle.
struct Event {
    int64_t cycle;
    int32_t force, lane;
};

struct StuckBit {
    int32_t place, lane, value, spare;
};

struct Step {
    Instruction own;
    Function function;
};

// Instructions of one group: all are done for some nets, then for the next, so that what they pass on stays close.
struct Group {
    int32_t first, end, count, strip;
};

struct Machine {
    std::vector<uint8_t> bytes;
    Word* words = nullptr;
    std::vector<Step> uniform, varying;
    std::vector<Group> groups;
    std::vector<int32_t> lists;
    std::vector<Store> stores;
    std::vector<uint8_t> store_bytes;
    Word* store_words = nullptr;
    std::vector<StoreWrite> writes;
    std::vector<Move> uniform_moves, varying_moves;
    std::vector<Force> forces;
    std::vector<Event> events;
    size_t next_event = 0;
    std::vector<StuckBit> stuck;
    int64_t cycle = 0;

    ~Machine() {
        std::free(words);
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
            case GATHER: {
                const int32_t* const list = &lists[each.extra];
                for (int index = 0; index < each.count; ++index) {
                    const int32_t place = list[index];
                    result[index] = place < 0 ? widen<Net>(bytes[~place]) : space<Net>()[place];
                }
                break;
            }
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

    void write(const StoreWrite& each) {
        const Store& store = stores[each.store];
        if (!store.varying) {
            bool any = false;
            for (int index = 0; index < store.width && !any; ++index)
                any = bytes[each.enable_mode == BYTES ? each.enable + index : each.enable];
            if (!any) return;
            rows(each.address_mode, each.address, each.address_count, store.size, Word{}, [&](int row, const Word&) {
                if (row < 0) return;
                uint8_t* const word = &store_bytes[store.place + static_cast<size_t>(row) * store.width];
                for (int index = 0; index < store.width; ++index) {
                    const uint8_t enable = bytes[each.enable_mode == BYTES ? each.enable + index : each.enable];
                    const uint8_t data = bytes[each.data_mode == BYTES ? each.data + index : each.data];
                    word[index] ^= enable & (word[index] ^ data);
                }
            });
            return;
        }
        Word some{};
        if (each.enable_mode == SINGLE || each.enable_mode == BYTE) some = value(each.enable_mode, each.enable, 0);
        else for (int index = 0; index < store.width; ++index) some |= value(each.enable_mode, each.enable, index);
        if (is_zero(some)) return;
        rows(each.address_mode, each.address, each.address_count, store.size, some, [&](int row, const Word& lanes) {
            if (row < 0) return;
            Word* const word = store_words + store.place + static_cast<size_t>(row) * store.width;
            for (int index = 0; index < store.width; ++index) {
                const Word enable = value(each.enable_mode, each.enable, index) & lanes;
                word[index] ^= enable & (word[index] ^ value(each.data_mode, each.data, index));
            }
        });
    }

    template <typename Net>
    const void* place(int mode, int index, int first, int strip) {
        // A net of a strip is kept for a few of the nets at a time.
        if (mode == BYTES) return &bytes[index + first];
        if (mode == BYTE) return &bytes[index];
        if (mode == SINGLE) return space<Net>() + index;
        return space<Net>() + index + (strip ? 0 : first);
    }

    template <typename Net>
    void perform(const Step& step, int first, int count) {
        const Instruction& each = step.own;
        Operands given;
        given.a = place<Net>(each.mode_a, each.a, first, each.strip & 1);
        given.b = place<Net>(each.mode_b, each.b, first, each.strip & 2);
        given.c = place<Net>(each.mode_c, each.c, first, each.strip & 4);
        given.result = const_cast<void*>(place<Net>(VECTOR, each.result, first, each.strip & 8));
        given.count = count;
        step.function(given);
    }

    void evaluate() {
        while (next_event < events.size() && events[next_event].cycle <= cycle) {
            const Event& event = events[next_event++];
            forces[event.force].flip ^= one_lane(event.lane);
        }
        for (const Step& step : uniform) {
            if (step.function) perform<uint8_t>(step, 0, step.own.count);
            else whole<uint8_t>(step.own);
        }
        for (const Group& group : groups) {
            if (!group.strip) {
                for (int index = group.first; index < group.end; ++index) {
                    const Step& step = varying[index];
                    if (step.function) perform<Word>(step, 0, step.own.count);
                    else if (step.own.code == FORCE) force(step.own);
                    else whole<Word>(step.own);
                }
                continue;
            }
            for (int first = 0; first < group.count; first += group.strip) {
                const int count = group.count - first < group.strip ? group.count - first : group.strip;
                for (int index = group.first; index < group.end; ++index) perform<Word>(varying[index], first, count);
            }
        }
    }

    template <typename Net>
    void move(const Move& each) {
        if (each.enable >= 0 && !bytes[each.enable]) return;
        Net* const result = space<Net>() + each.result;
        if (each.mode == VECTOR) {
            std::memcpy(static_cast<void*>(result), space<Net>() + each.source, sizeof(Net) * each.count);
            return;
        }
        for (int index = 0; index < each.count; ++index) result[index] = get<Net>(each.mode, each.source, index);
    }

    void edge() {
        for (const StoreWrite& each : writes) write(each);
        for (const StuckBit& each : stuck) {
            const Word lane = one_lane(each.lane);
            Word& word = store_words[each.place];
            word = each.value ? word | lane : word & ~lane;
        }
        for (const Move& each : varying_moves) move<Word>(each);
        for (const Move& each : uniform_moves) move<uint8_t>(each);
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

Machine* machine_new(size_t bytes, size_t words, size_t store_bytes, size_t store_words) {
    Machine* const machine = new Machine;
    machine->bytes.assign(bytes + 64, 0);
    machine->bytes[1] = 0xff;
    machine->store_bytes.assign(store_bytes + 64, 0);
    machine->words = words_of(words);
    machine->store_words = words_of(store_words);
    if (machine->words && machine->store_words) return machine;
    delete machine;
    return nullptr;
}

void machine_delete(Machine* machine) { delete machine; }

void machine_program(Machine* machine, const int32_t* uniform, size_t uniform_count, const int32_t* varying,
                     size_t varying_count, const int32_t* groups, size_t group_count, const int32_t* lists,
                     size_t list_count) {
    const auto steps = [](std::vector<Step>& to, const int32_t* from, size_t count, bool words) {
        std::vector<Instruction> own;
        fill(own, from, count);
        for (const Instruction& each : own) to.push_back({each, words ? choose<Word>(each) : choose<uint8_t>(each)});
    };
    steps(machine->uniform, uniform, uniform_count, false);
    steps(machine->varying, varying, varying_count, true);
    fill(machine->groups, groups, group_count);
    fill(machine->lists, lists, list_count);
}

void machine_state(Machine* machine, const int32_t* stores, size_t store_count, const int32_t* writes,
                   size_t write_count, const int32_t* uniform_moves, size_t uniform_count, const int32_t* varying_moves,
                   size_t varying_count) {
    fill(machine->stores, stores, store_count);
    fill(machine->writes, writes, write_count);
    fill(machine->uniform_moves, uniform_moves, uniform_count);
    fill(machine->varying_moves, varying_moves, varying_count);
}

void machine_forces(Machine* machine, const uint64_t* masks, size_t count, const int64_t* events, size_t event_count,
                    const int32_t* stuck, size_t stuck_count) {
    machine->forces.resize(count);
    if (count) std::memcpy(static_cast<void*>(machine->forces.data()), masks, sizeof(Force) * count);
    machine->events.clear();
    for (size_t index = 0; index < event_count; ++index)
        machine->events.push_back({events[3 * index], static_cast<int32_t>(events[3 * index + 1]),
                                   static_cast<int32_t>(events[3 * index + 2])});
    machine->next_event = 0;
    fill(machine->stuck, stuck, stuck_count);
}

uint8_t* machine_bytes(Machine* machine) { return machine->bytes.data(); }
uint8_t* machine_words(Machine* machine) { return reinterpret_cast<uint8_t*>(machine->words); }
uint8_t* machine_store_bytes(Machine* machine) { return machine->store_bytes.data(); }
uint8_t* machine_store_words(Machine* machine) { return reinterpret_cast<uint8_t*>(machine->store_words); }
void machine_set_cycle(Machine* machine, int64_t cycle) { machine->cycle = cycle; }
int64_t machine_cycle(const Machine* machine) { return machine->cycle; }

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
// 0, or 1 where `limit` cycles passed in which nothing moved.
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
