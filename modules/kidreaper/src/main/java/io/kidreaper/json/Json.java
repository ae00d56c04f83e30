package io.kidreaper.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One JSON value, as far as kidreaper's own files and lines need it: numbers are whole and fit a
 * {@code long}.
 */
public sealed interface Json {
  /** An object; no key comes twice. */
  record Obj(Map<String, Json> members) implements Json {
    public Obj {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** What a key has; empty where there is no such key. */
    public Optional<Json> find(String key) {
      return Optional.ofNullable(members.get(key));
    }

    private Json get(String key) throws JsonFault {
      return find(key).orElseThrow(() -> new JsonFault("has no \"" + key + "\""));
    }

    /** The text of a key. */
    public String text(String key) throws JsonFault {
      if (get(key) instanceof Text(String value)) {
        return value;
      }
      throw wrong(key, "is no text");
    }

    /** The number of a key. */
    public long number(String key) throws JsonFault {
      if (get(key) instanceof Num(long value)) {
        return value;
      }
      throw wrong(key, "is no whole number");
    }

    /** The number of a key, which has to be one that an {@code int} can be. */
    public int smallNumber(String key) throws JsonFault {
      long value = number(key);
      if (value == (int) value) {
        return (int) value;
      }
      throw wrong(key, "is out of range");
    }

    /** The number of a key; empty where there is no such key. */
    public OptionalLong numberIfThere(String key) throws JsonFault {
      return members.containsKey(key) ? OptionalLong.of(number(key)) : OptionalLong.empty();
    }

    /** The text of a key; empty where there is no such key. */
    public Optional<String> textIfThere(String key) throws JsonFault {
      return members.containsKey(key) ? Optional.of(text(key)) : Optional.empty();
    }

    /** Whether a key is there and says {@code true}. */
    public boolean isTrue(String key) throws JsonFault {
      return switch (find(key).orElse(new Bool(false))) {
        case Bool(boolean value) -> value;
        case Obj _, Arr _, Text _, Num _, Null _ -> throw wrong(key, "is neither true nor false");
      };
    }

    /** The object of a key. */
    public Obj object(String key) throws JsonFault {
      if (get(key) instanceof Obj value) {
        return value;
      }
      throw wrong(key, "is no object");
    }

    /** The objects of a key's array. */
    public List<Obj> objects(String key) throws JsonFault {
      List<Obj> all = new ArrayList<>();
      for (Json element : array(key)) {
        if (!(element instanceof Obj value)) {
          throw wrong(key, "holds what is no object");
        }
        all.add(value);
      }
      return all;
    }

    /** The texts of a key's array. */
    public List<String> texts(String key) throws JsonFault {
      List<String> all = new ArrayList<>();
      for (Json element : array(key)) {
        if (!(element instanceof Text(String value))) {
          throw wrong(key, "holds what is no text");
        }
        all.add(value);
      }
      return all;
    }

    private List<Json> array(String key) throws JsonFault {
      if (get(key) instanceof Arr(List<Json> elements)) {
        return elements;
      }
      throw wrong(key, "is no array");
    }

    private static JsonFault wrong(String key, String how) {
      return new JsonFault("\"" + key + "\" " + how);
    }
  }

  /** An array. */
  record Arr(List<Json> elements) implements Json {
    public Arr {
      elements = List.copyOf(elements);
    }
  }

  /** A string. */
  record Text(String value) implements Json {}

  /** A whole number. */
  record Num(long value) implements Json {}

  record Bool(boolean value) implements Json {}

  record Null() implements Json {}
}
