export async function play({ say, writeSolution, test, commit }) {
  await say('contracts/types.ts asks for User, Role and Users');
  await writeSolution('src/users/user.ts');
  await writeSolution('src/users/users.ts');
  await commit('users: register and find users', 'src/users');
  await writeSolution('test/users.test.ts');
  await test('test/users.test.ts');
  await commit('users: tests', 'test/users.test.ts');
  return 'A directory of users; an e-mail address belongs to one of them.';
}
