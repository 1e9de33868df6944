const NEIGHBOUR = 'src/users/permissions.ts';

/**
 * The first attempt goes too far, as agents do: it also writes a file for a neighbour's folder, and claims success. copse
 * finds it in the diff and refuses the branch; the next attempt finds the refused path in its prompt and stays at home.
 */
export async function play({ say, write, writeSolution, test, commit }, prompt) {
  const refused = prompt.includes(NEIGHBOUR);
  if (refused) await say(`the last attempt was refused for ${NEIGHBOUR}: leaving it alone`);
  await writeSolution('src/products/product.ts');
  await writeSolution('src/products/products.ts');
  if (!refused) {
    await say('restocking needs a permission, I think: adding one for the users');
    await write(NEIGHBOUR, "export const mayRestock = (role: string): boolean => role === 'manager';\n");
  }
  await writeSolution('test/products.test.ts');
  await test('test/products.test.ts');
  await commit('products: stock that is taken whole or not at all', 'src', 'test/products.test.ts');
  return 'Products with a stock; taking from it is all or nothing.';
}
