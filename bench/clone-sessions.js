/**
 * Statements that fill a store's tables with copies of the users and sessions that it has, one
 * session a user, until there are `sessions` more. A copy is as long as the real one, so a page holds
 * as many, but its ids are its own, and its proof is the other's: nobody is logged in by it.
 *
 * The copy's id begins with the real one's time, so real and copied rows stand mixed in every index,
 * and to look a real one up reads a page of its own.
 *
 * `hex` is the database's expression for 32 random hexadecimal digits, and `numbers` its table of the
 * whole numbers `i` from 0 below `sessions`; `columnsOf` tells a table's columns.
 */
function cloneStatements({ hex, numbers, columnsOf }) {
  const others = (table, alias, own) => {
    const columns = columnsOf(table)
    const values = columns.map(name => own[name] ?? `${alias}.${name}`)
    return `insert into mpl_${table} (${columns.join(', ')}) select ${values.join(', ')}`
  }
  return [
    'create temporary table originals as select id, row_number() over (order by id) - 1 as n from mpl_users',
    `create temporary table copies as
      select substr(o.id, 1, 8) || substr(${hex}, 1, 14) as id, ${hex} as session,
        'o' || substr(${hex}, 1, 27) as openid, o.id as original
      from ${numbers} join originals o on o.n = numbers.i % (select count(*) from originals)`,
    `${others('users', 'u', { id: 'c.id', openid: 'c.openid' })}
      from copies c join mpl_users u on u.id = c.original order by c.id`,
    `${others('sessions', 's', { id: 'c.session', user_id: 'c.id' })}
      from copies c join mpl_sessions s on s.user_id = c.original order by c.id`,
  ]
}

module.exports = { cloneStatements }
